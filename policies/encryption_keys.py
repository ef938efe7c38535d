"""Whether something is encrypted with a key that its owner can give, watch and take back."""

from __future__ import annotations

from policies.answers import Outcomes, Problem
from policies.values import Node

_OF_THE_PROVIDER = "alias/aws/"


def own_key(key: Node, what: str) -> Outcomes:
    """A problem where no key is named, or one of the provider's own."""
    if not key.exists:
        yield Problem(f"names no key for {what}", key.path)
    elif key.text().rpartition(":")[2].startswith(_OF_THE_PROVIDER):
        yield Problem(f"names the provider's own key for {what}", key.path)
