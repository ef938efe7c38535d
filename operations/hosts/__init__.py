"""Hosts: the golden image they start from, and how they are hardened and verified."""
