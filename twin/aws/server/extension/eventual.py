"""States that take a while: AWS answers a create at once, and the thing is ready some describes later."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

LOOKS: Final = 2
"""How many describes see the passing state. Counted, not timed, so that a test sees the same every time."""


def begin(thing: Any, passing: str, final: str) -> None:
    """Let the thing be in a passing state now, and in the final one after that many looks."""
    thing.state = passing
    thing.settles = [LOOKS, final]


def look(things: Iterable[Any]) -> None:
    """Count one describe of each of these."""
    for thing in things:
        left, final = getattr(thing, "settles", (None, None))
        if left == 0:
            thing.state = final
            del thing.settles
        elif left is not None:
            thing.settles[0] = left - 1


def settled(thing: Any) -> bool:
    """Whether the thing is in no passing state."""
    return not hasattr(thing, "settles")
