"""The cache outside the checkout: entries appear whole or not at all, and one process at a time makes them."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from operations.console import Progress
from operations.errors import MachineError

CACHE_VARIABLE = "METROPOLE_CACHE"

_UNUSED_S = 30 * 24 * 3600
"""Entries that no command has used for this long make room for a new one; other checkouts may still use the rest."""


def cache_directory() -> Path:
    """Where binaries are kept: `$METROPOLE_CACHE`, else `metropole` in the user's cache directory. Not created here."""
    if named := os.environ.get(CACHE_VARIABLE):
        return Path(named).expanduser().resolve()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser().resolve() / "metropole"


@contextmanager
def locked(name: str, progress: Progress) -> Generator[None]:
    """Hold the cache's lock of this name, waiting for another process if need be. Released when the process dies."""
    directory = _writable(cache_directory() / "locks")
    with (directory / f"{name}.lock").open("w") as file:
        begun = time.monotonic()
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                waited = time.monotonic() - begun
                progress(f"another metro is preparing it; waiting ({waited:.0f} s)")
                time.sleep(0.5)
        yield


@contextmanager
def new_entry(entry: Path) -> Generator[Path]:
    """A directory to fill; it becomes `entry` in one step when the block ends well, and vanishes when it does not."""
    parent = _writable(entry.parent)
    _sweep(parent)
    _forget_unused(parent)
    staging = Path(tempfile.mkdtemp(prefix=f".{entry.name}.", dir=parent))
    try:
        yield staging
        staging.chmod(0o755)
        if entry.exists():
            shutil.rmtree(entry)
        staging.rename(entry)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def mark_used(entry: Path) -> None:
    """Note that an entry serves, so that it is kept. A cache that is read-only stays as it is."""
    with suppress(OSError):
        os.utime(entry)


def require_space(gibibytes: float, purpose: str, directory: Path | None = None) -> None:
    """Raise `MachineError` unless the file system of a directory, or else the cache's, has this much room."""
    remedy = f"or point {CACHE_VARIABLE} at a directory that has it" if directory is None else "or name another folder"
    directory = directory or _writable(cache_directory())
    free = shutil.disk_usage(directory).free / 2**30
    if free < gibibytes:
        raise MachineError(
            f"{purpose} needs {gibibytes:g} GiB in {directory}, and {free:.1f} GiB are free",
            f"free some space, {remedy}",
        )


def _sweep(parent: Path) -> None:
    """Remove what a killed process left half-made. The lock is held, so nobody else is filling one."""
    for leftover in parent.glob(".*"):
        if leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)


def _forget_unused(parent: Path) -> None:
    for entry in parent.iterdir():
        if time.time() - entry.stat().st_mtime > _UNUSED_S:
            shutil.rmtree(entry, ignore_errors=True)


def _writable(directory: Path) -> Path:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MachineError(
            f"the cache {directory} cannot be created: {error.strerror}",
            f"point {CACHE_VARIABLE} at a directory you can write to",
        ) from error
    if not os.access(directory, os.W_OK):
        raise MachineError(
            f"the cache {directory} cannot be written to",
            f"point {CACHE_VARIABLE} at a directory you can write to",
        )
    return directory
