"""Debian's PostgreSQL, which the tests of a shared state start for themselves: found, or installed by root."""

from __future__ import annotations

import re
import shutil
from contextlib import suppress
from pathlib import Path

from operations import debian
from operations.console import Progress
from operations.errors import MachineError

PACKAGE = "postgresql"
REMEDY = f"as root: apt-get install {PACKAGE}"
DEBIAN_BINARIES = Path("/usr/lib/postgresql")
"""Debian keeps the server's programs apart, by major version, and none of them on PATH."""

CREATE_CLUSTER = Path("/etc/postgresql-common/createcluster.d")


def find_postgresql() -> Path | None:
    """The directory of a server's programs, the newest one; None where there is none."""
    found = [path.parent for path in DEBIAN_BINARIES.glob("*/bin/initdb") if (path.parent / "postgres").exists()]
    newest = max(found, key=lambda path: [int(part) for part in re.findall(r"\d+", path.parent.name)], default=None)
    if newest is not None:
        return newest
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def ensure_postgresql(progress: Progress) -> Path:
    """The same, after installing Debian's package when that is possible. Raises `MachineError` when it is not."""
    found = find_postgresql()
    if found is not None:
        return found
    if not debian.can_install():
        raise MachineError("PostgreSQL is not installed", REMEDY)
    progress(f"installing Debian's {PACKAGE}")
    _install()
    found = find_postgresql()
    if found is None:
        raise MachineError(f"Debian's {PACKAGE} was installed, and its programs are not in {DEBIAN_BINARIES}", REMEDY)
    return found


def _install() -> None:
    """Install the package without the server it would set up and start on port 5432 of this machine."""
    no_cluster = CREATE_CLUSTER / "metropole.conf"
    had_directory = CREATE_CLUSTER.is_dir()
    CREATE_CLUSTER.mkdir(parents=True, exist_ok=True)
    no_cluster.write_text("create_main_cluster = false\n", encoding="ascii")
    try:
        debian.install((PACKAGE,), REMEDY)
    finally:
        no_cluster.unlink()
        if not had_directory:
            with suppress(OSError):
                CREATE_CLUSTER.rmdir()
