"""Ansible: what hosts are made to be."""
