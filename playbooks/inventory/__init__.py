"""Ansible's view of the territory."""
