"""An `ssh` that goes nowhere: each host is a file with what it answers, or the way it fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SSH = """\
#!/bin/sh
# Called by testinfra: ssh … HOST COMMAND
eval "host=\\${$(($# - 1))}"
cd '%s' || exit 9
[ "$host" = - ] || echo "$*" >>calls
[ -e "$host.hangs" ] && exec sleep 600
[ -e "$host.gone" ] && { echo "ssh: connect to host $host port 22: No route to host" >&2; exit 255; }
cat >"$host.program"
cat "$host"
"""


class Ground:
    """Made in a folder of the test's."""

    def __init__(self, folder: Path) -> None:
        self.hosts = folder / "hosts"
        self.programs = folder / "bin"
        self.hosts.mkdir()
        self.programs.mkdir()
        self.ssh_config = folder / "ssh_config"
        self.ssh_config.touch()
        ssh = self.programs / "ssh"
        ssh.write_text(SSH % self.hosts)
        ssh.chmod(0o755)

    def answers(self, host: str, facts: Any) -> None:
        """What its collector prints."""
        (self.hosts / host).write_text(facts if isinstance(facts, str) else json.dumps(facts))

    def fails(self, host: str, how: str) -> None:
        """`hangs` or `gone`."""
        (self.hosts / f"{host}.{how}").touch()

    @property
    def calls(self) -> list[str]:
        """Every call of ssh."""
        file = self.hosts / "calls"
        return file.read_text().splitlines() if file.exists() else []
