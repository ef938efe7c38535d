"""A plan in parts that belong together: Checkov compares each resource with each, too much for a plan of thousands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policies.terraform.adapter import TerraformPlan

PART: Final = 1000
"""Resources in a part; one whose resources all refer to each other may be larger."""


def parts_of(plan: TerraformPlan, size: int = PART) -> Iterator[TerraformPlan]:
    """Split between resources that nothing connects, so that no check over the graph loses an edge."""
    if len(plan.sent) <= size:
        yield plan
        return
    chosen: set[str] = set()
    done: set[str] = set()
    for address in plan.sent:
        if address in done:
            continue
        together = _connected(plan, address)
        done |= together
        if chosen and len(chosen) + len(together) > size:
            yield plan.only(chosen)
            chosen = set()
        chosen |= together
    if chosen:
        yield plan.only(chosen)


def _connected(plan: TerraformPlan, address: str) -> set[str]:
    found = {address}
    waiting = [address]
    while waiting:
        for other in plan.neighbours.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found
