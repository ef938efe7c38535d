"""How a cluster shares its hosts between guests, and how many hosts it may lose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from territory.model import Criticality, EsxiHost

POOL_SHARES: Mapping[Criticality, int] = {
    Criticality.VITAL: 8000,
    Criticality.ESSENTIAL: 4000,
    Criticality.IMPORTANT: 2000,
    Criticality.STANDARD: 1000,
}
"""Relative weight of each resource pool when processors or memory are short; no pool is reserved or capped."""


def hosts_to_survive_without(hosts: Sequence[EsxiHost]) -> int:
    """How many hosts a cluster has to be able to lose at once: as many as hang on its most loaded power feed."""
    return max(Counter(host.feed for host in hosts).values())
