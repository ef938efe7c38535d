"""What moto lacks of site-to-site VPN; part of its EC2.

Not there, and refused by name: transit gateways, accelerated and IPv6 tunnels, certificates instead of keys, changing a
tunnel's inside network, keys kept in Secrets Manager. No tunnel is ever up, so no route is ever propagated.
"""

from __future__ import annotations

from typing import Final

from twin.aws.server.extension import vpn_connections, vpn_gateways

ADDS: Final = (
    "a customer gateway is checked, keeps its device's name, stays while it is used; there is never a second one",
    "a virtual private gateway has a private ASN, one VPC, and stays while it is attached or used",
    "a gateway that does not exist is not found; moto answers with an empty list, or connects it",
    "a VPN connection keeps its options and those of its tunnels, checked, with keys and addresses of their own",
    "one gateway has one connection to an address",
    "a connection, its options and its tunnels can be modified; static routes added and removed",
    "route tables keep from which gateway they take routes",
    "connections, attachments and customer gateways pass through their states while they are looked at",
)


def extend() -> None:
    """Make the changes to moto in this process."""
    for part in (vpn_gateways, vpn_connections):
        part.PATCHES.install()
