"""Installing Debian's packages, for root on a machine that has apt-get."""

from __future__ import annotations

import os
import shutil
import subprocess

from operations.errors import MachineError

_LOCK_WAIT_S = 120
_LIMIT_S = 900


def can_install() -> bool:
    """Whether packages may be installed here at all."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: tuple[str, ...], remedy: str) -> None:
    """Fetch the lists and install packages, without what they merely recommend. Raises `MachineError`."""
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        _apt_get(arguments, remedy)


def _apt_get(arguments: list[str], remedy: str) -> None:
    try:
        finished = subprocess.run(
            ["apt-get", "-qq", "-o", f"DPkg::Lock::Timeout={_LOCK_WAIT_S}", *arguments],  # noqa: S607 - root's own PATH
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_LIMIT_S,
        )
    except subprocess.TimeoutExpired as error:
        raise MachineError(f"apt-get {arguments[0]} did not end within {_LIMIT_S} s", remedy) from error
    if finished.returncode != 0:
        last = (finished.stderr.strip() or finished.stdout.strip()).splitlines()[-1:]
        raise MachineError(f"apt-get {arguments[0]} failed: {''.join(last)}", remedy)
