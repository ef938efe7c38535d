"""What a machine needs to run hosts, and what is made of it when it is missing."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from operations.errors import MachineError
from operations.hosts.image_debian import TOOLS as IMAGE_TOOLS
from operations.hosts.image_debian import ensure_tools, missing_packages

TOOLS = {
    **IMAGE_TOOLS,
    "ip": "iproute2",
    "nft": "nftables",
    "nsenter": "util-linux",
    "sysctl": "procps",
}
"""Program to the Debian package it is in."""

LIMITS = {"fs.inotify.max_user_instances": 8192, "fs.inotify.max_user_watches": 524_288}
"""Kernel setting to the least it has to be: systemd and journald of every host watch files, all as the same root."""


@dataclass(frozen=True)
class Obstacle:
    """Why no host can run here, whatever is installed."""

    what: str
    remedy: str


HOSTS_A_PROCESSOR = 16
"""So many boot and are hardened in about two minutes. More take longer, and are for those who ask for them."""


def crowd(hosts: int) -> Obstacle | None:
    """Why so many hosts are not run unless somebody asks for it; None when they are few enough."""
    processors = len(os.sched_getaffinity(0))
    if hosts <= HOSTS_A_PROCESSOR * processors:
        return None
    what = f"{hosts} hosts are more than {processors} processors bring up in a few minutes"
    return Obstacle(what, "say --tier host")


def obstacle() -> Obstacle | None:
    """What stands in the way of the host tier on this machine; None when what is missing can be installed."""
    if sys.platform != "linux":
        return Obstacle(f"hosts are Linux systems, this is {sys.platform}", "run metro on Linux, in a VM for instance")
    if os.geteuid() != 0:
        return Obstacle("hosts need root: namespaces, bridges and containers are made", "run metro as root")
    if not Path("/sys/fs/cgroup").is_dir():
        return Obstacle("control groups are not mounted at /sys/fs/cgroup", "mount them")
    missing = missing_packages(TOOLS)
    if missing and shutil.which("apt-get") is None:
        return Obstacle(
            f"not installed: {', '.join(missing)}", "install what is named with this machine's package manager"
        )
    return None


def refuse_where_no_host_can_run() -> None:
    """Raise `MachineError` when something stands in the way of the host tier."""
    found = obstacle()
    if found is not None:
        raise MachineError(f"the host tier cannot run here: {found.what}", f"{found.remedy}, or use --tier api")


def make_ground(progress: Callable[[str], None]) -> None:
    """Install what is missing and raise the machine's limits where they are too low. Raises `MachineError`."""
    refuse_where_no_host_can_run()
    ensure_tools(progress, TOOLS)
    for name, least in LIMITS.items():
        file = Path("/proc/sys", *name.split("."))
        found = int(file.read_text(encoding="ascii"))
        if found < least:
            progress(f"raising this machine's {name} from {found} to {least}")
            _write(file, least)


def _write(setting: Path, value: int) -> None:
    try:
        setting.write_text(f"{value}\n", encoding="ascii")
    except OSError as error:
        raise MachineError(
            f"{setting} cannot be raised to {value}: {error.strerror}", f"have it set to {value}, or use --tier api"
        ) from error
