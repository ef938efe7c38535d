"""Where the territory says that things stand, in the base and in the head."""

from __future__ import annotations

from collections.abc import Iterator

from planning.plan import Model
from territory.model import Territory


class PlacementMove(Model):
    """An asset that stands elsewhere, or a commune that hangs on other things."""

    subject: str
    """Example: `asset mobility-counting`, `commune 33063`."""
    service: str | None = None
    commune: str | None = None
    what: str
    """Example: `sites`."""
    before: str
    after: str


def placement_moves(before: Territory | None, after: Territory | None) -> tuple[PlacementMove, ...]:
    """Everything declared in both whose place differs."""
    return () if before is None or after is None else tuple(_moves(before, after))


def _moves(before: Territory, after: Territory) -> Iterator[PlacementMove]:
    old = {asset.id: asset for service in before.services for asset in service.assets}
    for service in after.services:
        for asset in service.assets:
            was = old.get(asset.id)
            if was is None:
                continue
            compared = (
                ("sites", ", ".join(was.sites), ", ".join(asset.sites)),
                ("placement", str(was.placement), str(asset.placement)),
                ("zone", str(was.zone), str(asset.zone)),
                ("replicas", str(was.replicas), str(asset.replicas)),
            )
            for what, then, now in compared:
                if then != now:
                    yield PlacementMove(
                        subject=f"asset {asset.id}", service=service.id, what=what, before=then, after=now
                    )
    communes = {commune.insee: commune for commune in before.communes}
    for commune in after.communes:
        known = communes.get(commune.insee)
        if known is None:
            continue
        ties = (
            ("vcenter", known.vcenter, commune.vcenter),
            ("access", ", ".join(known.access), ", ".join(commune.access)),
            ("sector", known.sector, commune.sector),
        )
        for what, then, now in ties:
            if then != now:
                yield PlacementMove(
                    subject=f"commune {commune.insee}", commune=commune.insee, what=what, before=then, after=now
                )
    circuits = {circuit.id: circuit for circuit in before.circuits}
    for circuit in after.circuits:
        earlier = circuits.get(circuit.id)
        if earlier is not None and earlier.path != circuit.path:
            yield PlacementMove(subject=f"circuit {circuit.id}", what="path", before=earlier.path, after=circuit.path)
