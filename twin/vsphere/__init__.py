"""The stand-in `vsphere` provider: the official tokens and property names, turned into calls on a real vSphere API."""
