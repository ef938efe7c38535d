"""Machines of a file are what the hypervisor is told, as they were written."""

from __future__ import annotations

from pathlib import Path

from twin.hosts.listed import ListedSource, write_machines
from twin.hosts.machine import Card, Machine, Segment

MACHINES = (
    Machine(
        "a", "lac-bastion", "first", (Card("00:50:56:01:00:02", Segment("lac-lan-a", 100)),), {"meta-data": "é"}, 512
    ),
    Machine("b", "off", None, (Card("00:50:56:01:00:03", None),), {}, 256),
)


def test_machines_are_read_as_they_were_written(tmp_path: Path) -> None:
    write_machines(tmp_path / "machines.json", MACHINES)
    source = ListedSource(tmp_path / "machines.json")
    (tmp_path / "machines.json").unlink()
    assert source.machines() == MACHINES
    assert not source.first_hops()
