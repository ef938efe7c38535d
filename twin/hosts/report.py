"""What the hypervisor says of its guests, in a file that any command can read."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

REPORT_FILE = "guests.json"
KNOWN_HOSTS_FILE = "known_hosts"
"""For ssh, beside the report."""

_HOSTNAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


class GuestState(StrEnum):
    """How a guest is, seen from outside."""

    OFF = "off"
    BOOTING = "booting"
    RUNNING = "running"
    """cloud-init has done all it had to, and every card that was to have an address has one."""
    FAILED = "failed"
    """It could not be started; `problem` says why. Tried again."""


@dataclass(frozen=True)
class GuestReport:
    """One guest."""

    id: str
    name: str
    state: GuestState
    pid: int | None
    """Its first process, in the hypervisor's process namespace."""
    addresses: tuple[str, ...] = ()
    """With prefix length. Example: `10.129.0.2/20`."""
    segments: tuple[str, ...] = ()
    """Where its cards are plugged in, by card."""
    host_key: str = ""
    """The public key its ssh server had when it was first seen: a later one is not believed."""
    problem: str = ""


def write_report(directory: Path, guests: Collection[GuestReport]) -> None:
    """Replace the report, and what ssh may know of hosts, each whole."""
    _replace(directory / REPORT_FILE, json.dumps([asdict(guest) for guest in guests]))
    _replace(directory / KNOWN_HOSTS_FILE, "".join(_known(guest) for guest in guests))


def _known(guest: GuestReport) -> str:
    """Its line for ssh; none for a name that could mean more than one host."""
    return f"{guest.name} {guest.host_key}\n" if guest.host_key and _HOSTNAME.fullmatch(guest.name) else ""


def _replace(file: Path, text: str) -> None:
    temporary = file.with_name(f".{file.name}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(file)


def read_report(directory: Path) -> tuple[GuestReport, ...]:
    """Read what was last written; empty when nothing was."""
    try:
        rows: list[dict[str, Any]] = json.loads((directory / REPORT_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    return tuple(
        GuestReport(
            id=row["id"],
            name=row["name"],
            state=GuestState(row["state"]),
            pid=row["pid"],
            addresses=tuple(row["addresses"]),
            segments=tuple(row["segments"]),
            host_key=row["host_key"],
            problem=row["problem"],
        )
        for row in rows
    )
