"""CRYPTO-016: the tunnels to the datacenters accept strong cryptography only."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity, each
from policies.resource_types import VPN_CONNECTION
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.values import Node

CIPHERS: Final = frozenset({"AES128-GCM-16", "AES256", "AES256-GCM-16"})
HASHES: Final = frozenset({"SHA2-256", "SHA2-384", "SHA2-512"})
GROUPS: Final = frozenset({"15", "16", "17", "18", "19", "20", "21"})
"""Of 3,072 bits or more, or elliptic curves of 256 or more."""
STRONG: Final = {
    "IkeVersions": frozenset({"ikev2"}),
    "Phase1EncryptionAlgorithms": CIPHERS,
    "Phase2EncryptionAlgorithms": CIPHERS,
    "Phase1IntegrityAlgorithms": HASHES,
    "Phase2IntegrityAlgorithms": HASHES,
    "Phase1DhGroupNumbers": GROUPS,
    "Phase2DhGroupNumbers": GROUPS,
}
"""Property without its tunnel, to what it may hold."""


def check(resource: Resource) -> Outcomes:
    """Look at every list of both tunnels; a list that is left out offers all that AWS knows."""
    lists = [(resource[f"tunnel{n}{name}"], strong) for n in (1, 2) for name, strong in STRONG.items()]
    yield from each(lists, lambda pair: _judge(*pair))


def _judge(offered: Node, strong: frozenset[str]) -> Outcomes:
    if not offered.items:
        yield Problem("is left out, so that weak choices are accepted too", offered.path)
    yield from each(offered.items, lambda choice: _weak(choice, strong))


def _weak(choice: Node, strong: frozenset[str]) -> Outcomes:
    if choice.text() not in strong:
        yield Problem(f"accepts {choice.text()}, which is weak", choice.path)


RULE = ResourceRule(
    id="CRYPTO-016",
    title="VPN tunnels accept strong cryptography only",
    severity=Severity.HIGH,
    types=(VPN_CONNECTION,),
    rationale="Left alone, AWS accepts IKEv1, SHA-1 and a 1,024-bit group: the weakest both ends know can be forced.",
    remediation="Set tunnel1… and tunnel2…: IkeVersions ikev2; EncryptionAlgorithms AES256-GCM-16; IntegrityAlgorithms "
    "SHA2-384 or SHA2-512; DhGroupNumbers 20 or 21, for both phases.",
    check=check,
)
