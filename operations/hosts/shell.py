"""`metro twin shell`: ssh to a host of a twin."""

from __future__ import annotations

import os
import shlex

from operations.errors import InputError, MachineError
from operations.paths import state_directory
from operations.territories import choose_territory
from operations.worlds.world import world_files
from territory.errors import nearest
from territory.hosts import hosts
from twin.client import connect


def enter(territory: str, host: str, command: tuple[str, ...]) -> None:
    """Become ssh. Raises `InputError` for a host that is not declared, `MachineError` where none runs."""
    chosen = choose_territory(territory)
    names = [each.name for each in hosts(chosen.model)]
    name = chosen.model.name
    if host not in names:
        near = nearest(host, names)
        raise InputError(
            f"{name} declares no host {host!r}" + (f"; nearest: {near}" if near else ""),
            f"./metro twin shell -t {name} {near or names[0]}",
        )
    state = state_directory()
    client = connect(state)
    worlds = client.status().worlds if client else ()
    if not any(world.territory == name and world.hosts and world.hosts.pid for world in worlds):
        raise MachineError(f"no host of {name} runs", f"./metro up --tier host -t {name}")
    config = world_files(state, name).directory / "ssh" / "config"
    # ssh hands the words to a shell on the other side, joined by blanks.
    told = ["--", shlex.join(command)] if command else []
    os.execvp("ssh", ["ssh", "-F", str(config), host, *told])  # noqa: S606, S607 - this process becomes ssh
