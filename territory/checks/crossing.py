"""Circuits join two datacenters, and no single loss takes every circuit of a border router that survives it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from territory.errors import Violation
from territory.losses import Kind, Loss, single_losses
from territory.model import BorderRouter, Circuit, Territory
from territory.topology import circuits_of_router


def check(t: Territory) -> Iterator[Violation]:
    """Ends in two datacenters; at least two circuits a router; never all on one path, carrier, peer or feed."""
    yield from _ends(t)
    losses = tuple(single_losses(t))
    for i, router in enumerate(t.border_routers):
        circuits = circuits_of_router(t, router)
        if len(circuits) < 2:
            yield Violation(
                ("border_routers", i),
                f"border router {router.id} has {len(circuits) or 'no'} circuit{'s' if not circuits else ''}: "
                "the first fault isolates it",
                found=str(len(circuits)),
                expected="at least 2 circuits, on two paths",
                remedy=f"Add a circuit with {router.id} among its routers.",
            )
        elif fatal := next((loss for loss in losses if _isolates(loss, router, circuits)), None):
            yield _isolated(t, router, circuits, fatal)


def _ends(t: Territory) -> Iterator[Violation]:
    site = {router.id: router.site for router in t.border_routers}
    for i, circuit in enumerate(t.circuits):
        one, other = circuit.routers
        if site[one] == site[other]:
            elsewhere = [router.id for router in t.border_routers if router.site != site[one]]
            what = "at one border router" if one == other else f"in one datacenter, {site[one]}"
            yield Violation(
                ("circuits", i, "routers"),
                f"circuit {circuit.id} has both ends {what}: it joins nothing",
                found=f"{one}, {other}",
                expected="border routers of two datacenters",
                remedy=f"Make one end a router of another datacenter, such as {elsewhere[0]}."
                if elsewhere
                else "Add a border router in another datacenter.",
            )


def _isolates(loss: Loss, router: BorderRouter, circuits: tuple[Circuit, ...]) -> bool:
    return router.id not in loss.routers and all(
        circuit.id in loss.circuits or circuit.path in loss.paths or not loss.routers.isdisjoint(circuit.routers)
        for circuit in circuits
    )


_HOW: Final = {
    Kind.PATH: ("ride path {id}", "cutting it isolates {router}", "Lead one of them over another path"),
    Kind.CARRIER: (
        "ride paths of carrier {id}",
        "its failure isolates {router}",
        "Lead one of them over a path of another carrier",
    ),
    Kind.ROUTER: (
        "end at border router {id}",
        "its failure isolates {router}",
        "Let one of them end at another border router over there",
    ),
    Kind.FEED: (
        "end at routers on {id}",
        "its failure isolates {router}",
        "Let one of them end at a router on another feed",
    ),
}


def _isolated(t: Territory, router: BorderRouter, circuits: tuple[Circuit, ...], loss: Loss) -> Violation:
    share, outcome, way_out = _HOW[loss.kind]
    ids = ", ".join(circuit.id for circuit in circuits)
    count = "both" if len(circuits) == 2 else f"all {len(circuits)}"
    words = {"id": loss.id, "router": router.id}
    last = circuits[-1]
    field = "path" if loss.kind in {Kind.PATH, Kind.CARRIER} else "routers"
    free = [path.id for path in t.paths if path.id not in loss.paths and path.id in {c.path for c in t.circuits}]
    advice = f", such as {free[0]}" if field == "path" and free else ""
    return Violation(
        ("circuits", t.circuits.index(last), field),
        f"{count} circuits of border router {router.id} ({ids}) {share.format(**words)}: {outcome.format(**words)}",
        found=f"{count} circuits on {loss}",
        expected=f"the circuits that cross at a router do not all depend on one {loss.kind.value}",
        remedy=f"{way_out}{advice}.",
    )
