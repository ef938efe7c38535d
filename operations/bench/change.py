"""A change of one commune on a territory that is up: what people do every day."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from stacks.layers import LAYERS
from territory.generation import Documents


@dataclass(frozen=True)
class Change:
    """What is changed, and how `metro up` is told to look nowhere else."""

    what: str
    documents: Documents
    options: tuple[str, ...]


def one_change(documents: Documents) -> Change:
    """A commune moved to another border router's access network; where there is none, another size for one guest."""
    return (_moved_commune(documents) if "communes" in LAYERS else None) or _resized_guest(documents)


def _moved_commune(documents: Documents) -> Change | None:
    changed = deepcopy(documents)
    networks: list[dict[str, Any]] = changed["network.yaml"]["access_networks"]
    site = {router["id"]: router["site"] for router in changed["network.yaml"]["border_routers"]}
    place = {network["id"]: (network["path"], site[network["router"]]) for network in networks}
    for commune in changed["communes.yaml"]["communes"]:
        here = commune["access"][0]
        # The same path to the same datacenter: its fibre stays where it is, and the world is the one that runs.
        there = next((id_ for id_, where in place.items() if id_ != here and where == place[here]), None)
        if there is not None and there not in commune["access"]:
            commune["access"][0] = there
            what = f"commune {commune['insee']} moved from access network {here} to {there}"
            return Change(what, changed, ("--commune", commune["insee"]))
    return None


def _resized_guest(documents: Documents) -> Change:
    changed = deepcopy(documents)
    service = changed["services.yaml"]["services"][0]
    asset = service["assets"][0]
    asset["cpus"] = asset.get("cpus", 2) + 1
    return Change(f"one processor more for {asset['id']} of {service['id']}", changed, ("--only", "services"))
