"""Datacenters stay joined, and communes keep their datacenters, whatever single thing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from territory.errors import Violation
from territory.losses import Loss, Reachability, datacenter_losses, single_losses, survivors
from territory.model import Territory
from territory.topology import access_networks_of_commune


def check_datacenters(t: Territory) -> Iterator[Violation]:
    """Every pair of datacenters survives the loss of any one router, circuit, path, carrier or feed."""
    before = survivors(t)
    after = [(loss, survivors(t, loss)) for loss in single_losses(t)]
    for one, other in combinations((dc.id for dc in t.datacenters), 2):
        if not before.joined(one, other):
            yield Violation(
                ("circuits",),
                f"datacenters {one} and {other} are not joined by any circuit",
                found="no circuit between them",
                expected="two border routers on each side and four crossed circuits over two paths",
                remedy="Add border routers and circuits, as in the territory sandbox.",
            )
        elif fatal := [loss for loss, left in after if not left.joined(one, other)]:
            yield Violation(
                ("circuits",),
                f"datacenters {one} and {other} do not survive the loss of {_listed(fatal)}",
                found=f"everything between them depends on {fatal[0]}",
                expected="they stay joined when any one router, circuit, path, carrier or feed is lost",
                remedy=f"Add a circuit between them that does without {fatal[0]}.",
            )


def check_communes(t: Territory) -> Iterator[Violation]:
    """Every commune reaches every datacenter after any single loss, and the other ones after that of a datacenter.

    A loss that parts the datacenters from one another is theirs to answer for, not every commune's.
    """
    after = [(loss, survivors(t, loss)) for loss in (*single_losses(t), *datacenter_losses(t))]
    after = [(loss, left) for loss, left in after if _datacenters_joined(t, loss, left)]
    fatal_to: dict[tuple[str, ...], list[Loss]] = {}  # what many communes have in common is looked at once
    for i, commune in enumerate(t.communes):
        if commune.access not in fatal_to:
            fatal_to[commune.access] = [
                loss
                for loss, left in after
                if any(dc.id not in loss.sites and not left.reaches(commune, dc.id) for dc in t.datacenters)
            ]
        if fatal := fatal_to[commune.access]:
            links = ", ".join(
                f"{network.id} to {network.router} over {network.path}"
                for network in access_networks_of_commune(t, commune)
            )
            yield Violation(
                ("communes", i, "access"),
                f"commune {commune.insee} {commune.name} does not reach every datacenter "
                f"after the loss of {_listed(fatal)}",
                found=links,
                expected="access networks over two paths to routers of two datacenters",
                remedy=f"Put it on an access network that does without {fatal[0]}.",
            )


def _datacenters_joined(t: Territory, loss: Loss, left: Reachability) -> bool:
    surviving = [dc.id for dc in t.datacenters if dc.id not in loss.sites]
    return all(left.joined(surviving[0], other) for other in surviving[1:])


def _listed(losses: list[Loss], limit: int = 3) -> str:
    words = [str(loss) for loss in losses[:limit]]
    if len(losses) > limit:
        words.append(f"{len(losses) - limit} more")
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
