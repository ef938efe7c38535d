"""How far a run is on each host: told once for every role that a host comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Tell = Callable[[str, str], None]
"""Called with a host and the name of the role that begins on it. Example: `lac-bastion`, `ssh`."""


def untold(host: str, role: str) -> None:
    """Tell nobody."""


class Progress:
    """Listens to one run's events, of as many processes as it has."""

    def __init__(self, hosts: Iterable[str], tell: Tell) -> None:
        self._hosts = frozenset(hosts)
        self._tell = tell
        self._told: set[tuple[str, str]] = set()

    def hear(self, event: Mapping[str, Any]) -> None:
        """Take one event of ansible-runner."""
        data: Mapping[str, Any] = event.get("event_data", {})
        host, role = str(data.get("host", "")), str(data.get("role", ""))
        # A worker may tell anything: what is no role's name is not shown.
        if event.get("event") != "runner_on_start" or host not in self._hosts or not role.isidentifier():
            return
        if (begun := (host, role)) not in self._told:
            self._told.add(begun)
            self._tell(*begun)
