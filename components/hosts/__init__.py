"""Hosts as they are inside: what Ansible makes of them, as resources."""
