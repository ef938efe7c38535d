"""What hosts would be without any role: the same packages as Debian installs them, told no more than how to boot."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from operations.console import Progress
from operations.errors import MachineError
from operations.hosts.image_build import NAMESPACES, bootstrap
from operations.hosts.image_inputs import PLAYBOOKS

_FIRST_BOOT = PLAYBOOKS / "roles" / "first_boot" / "files" / "metropole.cfg"
_REMOVE_IDENTITY = PLAYBOOKS / "roles" / "seal" / "files" / "remove-identity"
_LIMIT_S = 120


def bare_tree(tree: Path, progress: Progress) -> None:
    """Make it in a new directory. Raises `MachineError`."""
    bootstrap(tree, progress)
    shutil.copy(_FIRST_BOOT, tree / "etc/cloud/cloud.cfg.d/90_metropole.cfg")
    _inside(tree, "systemctl", "enable", "--quiet", "systemd-networkd.service")
    _inside(tree, "systemctl", "disable", "--quiet", "systemd-networkd-wait-online.service")
    _inside(tree, "/bin/sh", "-c", _REMOVE_IDENTITY.read_text(encoding="utf-8"))
    for name in ("hostname", "resolv.conf"):
        (tree / "etc" / name).unlink(missing_ok=True)


def _inside(tree: Path, *argv: str) -> None:
    finished = subprocess.run(
        [*NAMESPACES, "chroot", str(tree), *argv],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=_LIMIT_S,
    )
    if finished.returncode != 0:
        raise MachineError(f"packages without roles could not be made to boot: {finished.stderr.strip()}")
