"""The tunnels of a VPN connection: their options, their addresses, and what a customer gateway is told."""

from __future__ import annotations

import ipaddress
import re
import secrets
import string
from collections.abc import Iterable, Mapping
from typing import Any, Final
from xml.etree import ElementTree

from twin.aws.server.extension.ec2_errors import not_kept, refuse

INSIDE: Final = ipaddress.IPv4Network("169.254.0.0/16")
RESERVED: Final = frozenset(
    ipaddress.IPv4Network(network)
    for network in (*(f"169.254.{third}.0/30" for third in range(6)), "169.254.169.252/30")
)
OUTSIDE: Final = ipaddress.IPv4Network("198.18.0.0/15")
"""The benchmarking range stands for public addresses: nobody on the Internet has one of these."""

DEFAULTS: Final[Mapping[str, Any]] = {"Phase1LifetimeSeconds": 28800, "Phase2LifetimeSeconds": 3600}

_ENCRYPTION: Final = ("AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16")
_INTEGRITY: Final = ("SHA1", "SHA2-256", "SHA2-384", "SHA2-512")
_GROUPS: Final = (2, *range(14, 25))

RANGES: Final = {
    "Phase1LifetimeSeconds": (900, 28800),
    "Phase2LifetimeSeconds": (900, 3600),
    "RekeyMarginTimeSeconds": (60, 1800),
    "RekeyFuzzPercentage": (0, 100),
    "ReplayWindowSize": (64, 2048),
    "DPDTimeoutSeconds": (30, 3600),
}
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "DPDTimeoutAction": ("clear", "none", "restart"),
    "StartupAction": ("add", "start"),
}
LISTS: Final[Mapping[str, tuple[Any, ...]]] = {
    "IKEVersions": ("ikev1", "ikev2"),
    "Phase1EncryptionAlgorithms": _ENCRYPTION,
    "Phase2EncryptionAlgorithms": _ENCRYPTION,
    "Phase1IntegrityAlgorithms": _INTEGRITY,
    "Phase2IntegrityAlgorithms": _INTEGRITY,
    "Phase1DHGroupNumbers": _GROUPS,
    "Phase2DHGroupNumbers": (2, 5, *_GROUPS[1:]),
}
KEPT: Final = frozenset(
    (*RANGES, *CHOICES, *LISTS, "TunnelInsideCidr", "PreSharedKey", "LogOptions", "EnableTunnelLifecycleControl")
)
_ANSWERED_AS: Final = {
    "IKEVersions": "IkeVersions",
    "DPDTimeoutSeconds": "DpdTimeoutSeconds",
    "DPDTimeoutAction": "DpdTimeoutAction",
}
_KEY_LETTERS: Final = string.ascii_letters + string.digits + "._"


def check_options(given: Mapping[str, Any]) -> None:
    """Refuse what AWS refuses, and by name what this world would have to forget."""
    for name in given.keys() - KEPT:
        not_kept(f"tunnel option {name}")
    for name, (low, high) in RANGES.items():
        if name in given and not low <= given[name] <= high:
            _invalid(name, given[name], f"it must be between {low} and {high}")
    for name, choices in CHOICES.items():
        if name in given and given[name] not in choices:
            _invalid(name, given[name], f"it must be one of {', '.join(choices)}")
    for name, values in LISTS.items():
        for item in given.get(name, ()):
            if item.get("Value") not in values:
                _invalid(name, item.get("Value"), f"it must be one of {', '.join(map(str, values))}")
    lifetimes = {**DEFAULTS, **given}
    if lifetimes["Phase2LifetimeSeconds"] >= lifetimes["Phase1LifetimeSeconds"]:
        _invalid("Phase2LifetimeSeconds", lifetimes["Phase2LifetimeSeconds"], "it must be less than phase 1's")
    if given.get("RekeyMarginTimeSeconds", 0) > lifetimes["Phase2LifetimeSeconds"] // 2:
        _invalid("RekeyMarginTimeSeconds", given["RekeyMarginTimeSeconds"], "at most half of phase 2's lifetime")
    key = given.get("PreSharedKey")
    if key is not None and not re.fullmatch(r"[A-Za-z1-9._][A-Za-z0-9._]{7,63}", key):
        refuse("InvalidParameterValue", "PreSharedKey must be 8 to 64 letters, digits, . and _, not starting with 0")


def _invalid(name: str, value: Any, why: str) -> None:
    refuse("InvalidParameterValue", f"Value ({value}) for parameter {name} is invalid: {why}.")


def inside_network(wanted: str | None, taken: Iterable[str]) -> str:
    """The tunnel's /30: the one asked for, if it may be had, else a free one."""
    used = {ipaddress.IPv4Network(network) for network in taken} | RESERVED
    if wanted is None:
        # The first blocks hold most of what AWS reserves.
        return str(next(block for block in INSIDE.subnets(new_prefix=30) if block not in used))
    try:
        network = ipaddress.IPv4Network(wanted)
    except ValueError:
        network = None
    if network is None or network.prefixlen != 30 or not network.subnet_of(INSIDE) or network in RESERVED:
        refuse(
            "InvalidParameterValue", f"TunnelInsideCidr {wanted} must be a /30 of {INSIDE} that AWS does not reserve"
        )
    if network in used:
        refuse("InvalidParameterValue", f"TunnelInsideCidr {wanted} is used by another tunnel of this gateway")
    return str(network)


def new_tunnel(given: Mapping[str, Any], outside: str, taken: Iterable[str]) -> dict[str, Any]:
    """A tunnel as DescribeVpnConnections answers it: what was chosen, and nothing AWS would leave out."""
    check_options(given)
    return {
        "OutsideIpAddress": outside,
        "TunnelInsideCidr": inside_network(given.get("TunnelInsideCidr"), taken),
        "PreSharedKey": given.get("PreSharedKey") or _new_key(),
        **_answered(given),
    }


def modify_tunnel(tunnel: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Change some options of a tunnel. Its inside network is not among what this world changes."""
    if "TunnelInsideCidr" in given:
        not_kept("changing TunnelInsideCidr")
    asked = {asked: tunnel[answered] for asked, answered in _names() if answered in tunnel}
    check_options({**asked, **given})
    tunnel.update(_answered(given))
    if "PreSharedKey" in given:
        tunnel["PreSharedKey"] = given["PreSharedKey"]


def _names() -> Iterable[tuple[str, str]]:
    apart = {"TunnelInsideCidr", "PreSharedKey"}
    return ((name, _ANSWERED_AS.get(name, name)) for name in KEPT - apart)


def _answered(given: Mapping[str, Any]) -> dict[str, Any]:
    return {answered: given[asked] for asked, answered in _names() if asked in given}


def _new_key() -> str:
    first = secrets.choice(string.ascii_letters)
    return first + "".join(secrets.choice(_KEY_LETTERS) for _ in range(31))


def configuration(connection: Any, customer_address: str, customer_asn: str, amazon_asn: str, static: bool) -> str:
    """What AWS writes for the customer's router: XML that holds the pre-shared keys."""
    root = ElementTree.Element("vpn_connection", id=connection.id)
    _children(
        root,
        customer_gateway_id=connection.customer_gateway_id,
        vpn_gateway_id=connection.vpn_gateway_id or "",
        vpn_connection_type=connection.type,
        **({"vpn_connection_attributes": "NoBGPVPNConnection"} if static else {}),
    )
    for tunnel in connection.options["TunnelOptions"]:
        here = ElementTree.SubElement(root, "ipsec_tunnel")
        _, ours, theirs, _ = ipaddress.IPv4Network(tunnel["TunnelInsideCidr"])
        ends = (
            ("customer_gateway", customer_address, theirs, customer_asn),
            ("vpn_gateway", tunnel["OutsideIpAddress"], ours, amazon_asn),
        )
        for name, outside, inside, asn in ends:
            end = ElementTree.SubElement(here, name)
            _children(ElementTree.SubElement(end, "tunnel_outside_address"), ip_address=outside)
            _children(
                ElementTree.SubElement(end, "tunnel_inside_address"),
                ip_address=str(inside),
                network_mask="255.255.255.252",
                network_cidr="30",
            )
            if not static:
                _children(ElementTree.SubElement(end, "bgp"), asn=asn, hold_time="30")
        _children(ElementTree.SubElement(here, "ike"), pre_shared_key=tunnel["PreSharedKey"])
    return ElementTree.tostring(root, encoding="unicode")


def _children(parent: ElementTree.Element, **texts: str) -> None:
    for name, text in texts.items():
        ElementTree.SubElement(parent, name).text = text
