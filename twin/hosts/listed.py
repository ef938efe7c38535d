"""Machines that a file lists, for who wants hosts without an API that declares them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict
from pathlib import Path

from twin.hosts.machine import Card, FirstHop, Machine, Segment, Sighting


class ListedSource:
    """The machines of a file, which is read once: they are as it says until the hypervisor ends."""

    def __init__(self, file: Path) -> None:
        self.name = f"list {file}"
        self._machines = read_machines(file)

    def machines(self) -> tuple[Machine, ...]:
        """All that are listed."""
        return self._machines

    def first_hops(self) -> Mapping[Segment, FirstHop]:
        """None: the fabric's are all there are."""
        return {}

    def report(self, machine: Machine, sighting: Sighting | None) -> None:
        """Nothing: the report's file is where it is read."""


def write_machines(file: Path, machines: Collection[Machine]) -> None:
    """Write a list down, for `--machines`."""
    file.write_text(json.dumps([asdict(machine) for machine in machines]), encoding="utf-8")


def read_machines(file: Path) -> tuple[Machine, ...]:
    """Read what `write_machines` wrote."""
    return tuple(
        Machine(
            id=row["id"],
            name=row["name"],
            boot=row["boot"],
            cards=tuple(
                Card(card["mac"], Segment(**card["segment"]) if card["segment"] else None) for card in row["cards"]
            ),
            seed=row["seed"],
            memory_mib=row["memory_mib"],
        )
        for row in json.loads(file.read_text(encoding="utf-8"))
    )
