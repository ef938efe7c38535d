"""Installing Debian's packages, for root on a machine that has apt-get."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

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


def run(
    argv: list[str], what: str, remedy: str, *, limit_s: int, directory: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program of Debian's that asks nothing. Raises `MachineError` when it is not through in time."""
    try:
        return subprocess.run(
            argv,
            cwd=directory,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=limit_s,
        )
    except subprocess.TimeoutExpired as error:
        raise MachineError(f"{what} did not end within {limit_s} s", remedy) from error


def _apt_get(arguments: list[str], remedy: str) -> None:
    what = f"apt-get {arguments[0]}"
    argv = ["apt-get", "-qq", "-o", f"DPkg::Lock::Timeout={_LOCK_WAIT_S}", *arguments]
    finished = run(argv, what, remedy, limit_s=_LIMIT_S)
    if finished.returncode != 0:
        last = (finished.stderr.strip() or finished.stdout.strip()).splitlines()[-1:]
        raise MachineError(f"{what} failed: {''.join(last)}", remedy)
