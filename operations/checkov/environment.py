"""The environment Checkov runs in: made by uv out of its own lock, kept in the user's cache, shared by checkouts."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import Final

from operations.console import Progress
from operations.engine.cache import cache_directory, locked, mark_used, new_entry, require_space
from operations.engine.command import run_long
from operations.engine.golang import find_uv
from operations.errors import MachineError
from operations.paths import CHECKOUT

PROJECT: Final = CHECKOUT / "policies" / "checkov"
LOCK: Final = PROJECT / "requirements.lock"
_STAMP: Final = "metropole.stamp"
_REMEDY: Final = "check the network and the free disk space, then run it again; or gate with --no-checkov"
_GIBIBYTES: Final = 0.6


def find_environment() -> Path | None:
    """The Python of Checkov's environment; None as long as nobody made it."""
    python = _entry() / "bin" / "python"
    return python if (_entry() / _STAMP).is_file() and os.access(python, os.X_OK) else None


def ensure_environment(progress: Progress) -> Path:
    """Its Python, after installing what the lock says if need be. Raises `MachineError`."""
    if found := find_environment():
        mark_used(_entry())
        return found
    uv = find_uv()
    if uv is None:
        raise MachineError("Checkov is not installed, and uv, which could install it, is missing", _REMEDY)
    with locked("checkov", progress):
        if found := find_environment():
            return found
        _make(uv, progress)
    if found := find_environment():
        return found
    raise MachineError("Checkov was installed and does not run here", _REMEDY)


def _entry() -> Path:
    digest = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()[:16]
    return cache_directory() / "checkov" / digest


def _make(uv: str, progress: Progress) -> None:
    require_space(_GIBIBYTES, "Checkov")
    progress("installing Checkov")
    with new_entry(_entry()) as staging:
        # Some organisations inspect TLS with an authority that only the system's own list knows.
        environment = {"UV_SYSTEM_CERTS": "true", **os.environ}
        made = [uv, "venv", "--quiet", "--clear", "--relocatable", "--python", sys.executable, str(staging)]
        filled = [uv, "pip", "sync", "--quiet", "--python", str(staging / "bin" / "python")]
        for argv in (made, [*filled, "--require-hashes", "--compile-bytecode", str(LOCK)]):
            finished = run_long(
                argv,
                cwd=CHECKOUT,
                environment=environment,
                progress=progress,
                describe=lambda _line: "installing Checkov",
            )
            if finished.code != 0:
                raise MachineError(f"Checkov could not be installed:\n{finished.tail}", _REMEDY)
        (staging / _STAMP).write_text("made from requirements.lock\n", encoding="utf-8")
