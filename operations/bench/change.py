"""A change of one commune on a territory that is up: what people do every day."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

from territory.generation import Documents


@dataclass(frozen=True)
class Change:
    """What is changed, and how `metro up` is told to look nowhere else."""

    what: str
    documents: Documents
    options: tuple[str, ...]


def one_change(documents: Documents) -> Change:
    """Another size for one guest."""
    changed = deepcopy(documents)
    service = changed["services.yaml"]["services"][0]
    asset = service["assets"][0]
    asset["cpus"] = asset.get("cpus", 2) + 1
    return Change(f"one processor more for {asset['id']} of {service['id']}", changed, ("--only", "services"))
