"""How many resources of each type, as people read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from operations.console import Console

TYPES_SHOWN = 12


def added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The sum by type, most frequent first."""
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))


def say_types(console: Console, by_type: Mapping[str, int]) -> None:
    """The most frequent types, a line each; `--json` has them all."""
    for token in list(by_type)[:TYPES_SHOWN]:
        console.say(f"  {by_type[token]:5} {token}")
    if len(by_type) > TYPES_SHOWN:
        console.say(f"  and {len(by_type) - TYPES_SHOWN} types more")
