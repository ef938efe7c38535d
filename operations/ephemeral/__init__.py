"""Territories that live for a while: copies under another name, in worlds of their own, taken down when time is up."""
