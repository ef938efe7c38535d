"""`metro twin shell`: ssh to a host of a twin."""

from __future__ import annotations

import os
import shlex

from operations.hosts.running import choose_hosts, running_hosts
from operations.territories import choose_territory


def enter(territory: str, host: str, command: tuple[str, ...]) -> None:
    """Become ssh. Raises `InputError` for a host that is not declared, `MachineError` where none runs."""
    chosen = choose_territory(territory)
    choose_hosts(chosen.model, [host])
    config = running_hosts(chosen).ssh_config
    # ssh hands the words to a shell on the other side, joined by blanks.
    told = ["--", shlex.join(command)] if command else []
    os.execvp("ssh", ["ssh", "-F", str(config), host, *told])  # noqa: S606, S607 - this process becomes ssh
