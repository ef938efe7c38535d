"""Services depend on one another without going round in a circle."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from territory.errors import Violation
from territory.model import Territory


def check(t: Territory) -> Iterator[Violation]:
    """One violation a circle, at the dependency that closes it; services outside that circle are looked at again."""
    remaining = {service.id: set(service.depends_on) for service in t.services}
    while cycle := _cycle(remaining):
        # graphlib gives each service after the one that depends on it being broken: read backwards, it is "depends on".
        circle = tuple(reversed(cycle))
        start = min(circle)
        turn = circle.index(start)
        ordered = (*circle[turn:-1], *circle[:turn], start)
        closing, target = ordered[-2], ordered[-1]
        i, service = next((i, service) for i, service in enumerate(t.services) if service.id == closing)
        yield Violation(
            ("services", i, "depends_on", service.depends_on.index(target)),
            f"services depend on one another in a circle: {' -> '.join(ordered)}",
            found=f"{closing} depends on {target}",
            expected="dependencies that end somewhere: a service is started after those it depends on",
            remedy=f"Delete one of them, for example {target} from depends_on of {closing}.",
        )
        remaining[closing].discard(target)


def _cycle(dependencies: dict[str, set[str]]) -> tuple[str, ...] | None:
    try:
        TopologicalSorter(dependencies).prepare()
    except CycleError as error:
        return tuple(error.args[1])
    return None
