"""The stand-in `aws` provider: the official tokens and property names, turned into calls on a simulated cloud."""
