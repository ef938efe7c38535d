"""Networks as the official provider checks them, before anything is asked of the cloud."""

from __future__ import annotations

import ipaddress
from typing import Any


def network_problem(text: Any, shortest: int = 0, longest: int = 32) -> str | None:
    """What is wrong with an IPv4 network, to stand after its name; None when nothing is."""
    try:
        network = ipaddress.IPv4Network(text, strict=False)
    except ValueError:
        return f"must be an IPv4 network such as 10.0.0.0/16, not {text!r}"
    if "/" not in str(text) or str(network) != text:
        return f"must be the address of a network: expected {network}, got {text}"
    if not shortest <= network.prefixlen <= longest:
        return f"must have a prefix between /{shortest} and /{longest}, not /{network.prefixlen}"
    return None
