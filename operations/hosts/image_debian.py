"""Debian's part of an image: the tools that build one, and where its packages come from."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

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

_LOCK_WAIT_S = 120
_APT_LIMIT_S = 900


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
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise MachineError(f"not installed: {', '.join(missing)}", remedy)
    progress(f"installing Debian packages: {' '.join(missing)}")
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
        _apt_get(arguments, remedy)


def missing_packages(tools: Mapping[str, str] = TOOLS) -> tuple[str, ...]:
    """The Debian packages of what is not on PATH, by name."""
    return tuple(sorted({package for program, package in tools.items() if not _has(program)}))


def _has(program: str) -> bool:
    return shutil.which(program) is not None or Path("/usr/libexec/podman", program).exists()


def _apt_get(arguments: list[str], remedy: str) -> None:
    try:
        finished = subprocess.run(
            ["apt-get", "-qq", "-o", f"DPkg::Lock::Timeout={_LOCK_WAIT_S}", *arguments],  # noqa: S607 - root's own PATH
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_APT_LIMIT_S,
        )
    except subprocess.TimeoutExpired as error:
        raise MachineError(f"apt-get {arguments[0]} did not end within {_APT_LIMIT_S} s", remedy) from error
    if finished.returncode != 0:
        last = (finished.stderr.strip() or finished.stdout.strip()).splitlines()[-1:]
        raise MachineError(f"apt-get {arguments[0]} failed: {''.join(last)}", remedy)
