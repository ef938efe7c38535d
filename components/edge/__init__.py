"""Gateways in the streets and the hub where their events arrive."""
