"""The one thing a namespace does not take away with it: control groups, which carry a hypervisor's own prefix."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

PREFIX: Final = "metropole-twin-"
_ROOT: Final = Path("/sys/fs/cgroup")


def cgroup_name(directory: Path) -> str:
    """What all control groups of the hypervisor of a directory are under: not two have the same."""
    return f"/{PREFIX}{hashlib.sha256(str(directory.resolve()).encode()).hexdigest()[:12]}"


def remove_dead_cgroups(root: Path = _ROOT) -> tuple[str, ...]:
    """Remove the groups that carry our prefix and hold no process any more. Returns their names.

    The kernel refuses to remove one that holds a process, so nothing that lives is ever touched.
    """
    removed: set[str] = set()
    for top in _ours(root):
        for place, _, _ in os.walk(top, topdown=False):
            with suppress(OSError):
                Path(place).rmdir()
        if not top.exists():
            removed.add(top.name)
    return tuple(sorted(removed))


def _ours(root: Path) -> Iterator[Path]:
    """With version 1 of control groups in each controller's hierarchy, with version 2 in the one there is."""
    yield from root.glob(f"{PREFIX}*")
    yield from root.glob(f"*/{PREFIX}*")
