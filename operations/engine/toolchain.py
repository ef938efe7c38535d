"""Binaries of the twin that are ours: built from toolchain/, kept under the hash of their sources."""

from __future__ import annotations

import os
from pathlib import Path

from operations.console import Progress
from operations.engine.cache import cache_directory, locked, mark_used, new_entry
from operations.engine.engine import LANGUAGE_HOST
from operations.engine.golang import TOOLCHAIN
from operations.engine.modules import Target, build, sources_hash

VCSIM = "vcsim"
REGO = "rego"
_REGO_MODULE = TOOLCHAIN / "cmd" / REGO
"""A module of its own: what OPA asks for must not move what the engine and vcsim are built from."""


def find_vcsim() -> Path | None:
    """The vcsim of these sources if it was built already."""
    return _found(_entry() / VCSIM)


def ensure_vcsim(progress: Progress) -> Path:
    """The vcsim of these sources, built if need be. Raises `MachineError`."""
    if binary := find_vcsim():
        return binary
    with locked("toolchain", progress):
        if binary := find_vcsim():
            return binary
        entry = _entry()
        with new_entry(entry) as staging:
            build([Target(f"./cmd/{VCSIM}", staging / VCSIM, ("-ldflags", "-s -w"))], progress)
    return entry / VCSIM


def ensure_rego(progress: Progress) -> Path:
    """The bench's OPA, built if need be. Raises `MachineError`."""
    entry = cache_directory() / "toolchain" / f"{REGO}-{sources_hash('main.go', module=_REGO_MODULE)}"
    with locked(REGO, progress):
        if binary := _found(entry / REGO):
            return binary
        with new_entry(entry) as staging:
            build([Target(".", staging / REGO, ("-ldflags", "-s -w"))], progress, _REGO_MODULE)
    return entry / REGO


def _found(binary: Path) -> Path | None:
    if not os.access(binary, os.X_OK):
        return None
    mark_used(binary.parent)
    return binary


def _entry() -> Path:
    """Everything in toolchain/ counts but the language host and OPA, which have no part in vcsim."""
    parts = [
        str(path.relative_to(TOOLCHAIN))
        for parent in (TOOLCHAIN, TOOLCHAIN / "cmd")
        for path in sorted(parent.iterdir())
        if path.name not in ("cmd", LANGUAGE_HOST, REGO, "go.mod", "go.sum") and not path.name.startswith(".")
    ]
    return cache_directory() / "toolchain" / sources_hash(*parts)
