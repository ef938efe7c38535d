"""Debian's part of an image: the tools that build one, and where its packages come from."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Mapping
from pathlib import Path

from operations import debian
from operations.console import Progress
from operations.errors import MachineError
from operations.paths import CHECKOUT

RELEASE = "bookworm"
PACKAGE_LIST = CHECKOUT / "playbooks" / "image_packages.txt"
MACHINE_SOURCES = Path("/etc/apt/sources.list.d/debian.sources")

TOOLS = {
    "mmdebstrap": "mmdebstrap",
    "podman": "podman",
    "runc": "runc",
    "conmon": "conmon",
    "newuidmap": "uidmap",
    "ssh": "openssh-client",
}
"""What has to be on PATH (conmon: where podman looks), and the Debian package it is in."""


def packages() -> tuple[str, ...]:
    """The packages every host has, in the order of the list."""
    lines = (line.split("#", 1)[0].strip() for line in PACKAGE_LIST.read_text(encoding="utf-8").splitlines())
    return tuple(line for line in lines if line)


def sources() -> Path | None:
    """The machine's own Debian sources, so that a mirror it uses serves images as well.

    None where they are not of the image's release: Debian's own servers are the default then.
    """
    try:
        codename = platform.freedesktop_os_release().get("VERSION_CODENAME")
    except OSError:
        return None
    return MACHINE_SOURCES if codename == RELEASE and MACHINE_SOURCES.exists() else None


def ensure_tools(progress: Progress, tools: Mapping[str, str] = TOOLS) -> None:
    """Install the Debian packages of what is not on PATH. Raises `MachineError` where that is not possible."""
    missing = missing_packages(tools)
    if not missing:
        return
    remedy = f"as root: apt-get install {' '.join(missing)}"
    if not debian.can_install():
        raise MachineError(f"not installed: {', '.join(missing)}", remedy)
    progress(f"installing Debian packages: {' '.join(missing)}")
    debian.install(missing, remedy)


def missing_packages(tools: Mapping[str, str] = TOOLS) -> tuple[str, ...]:
    """The Debian packages of what is not on PATH, by name."""
    return tuple(sorted({package for program, package in tools.items() if not _has(program)}))


def _has(program: str) -> bool:
    return shutil.which(program) is not None or Path("/usr/libexec/podman", program).exists()
