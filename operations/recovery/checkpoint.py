"""A stack's state on disk, checked before an engine relies on it.

The file backend keeps the previous checkpoint beside each one it writes. A file cut off in the middle of a write is put
aside, never deleted, and the previous one takes its place: the step that was being recorded is in it as pending.
Whole files are written beside and renamed, so that takes a full disk or a power cut; attribute files are not.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from operations.errors import InputError

WRITE_S = 1.0
"""Longer than an engine takes from the last byte of a temporary file to its renaming."""


def is_readable(path: Path) -> bool:
    """Whether a checkpoint file holds a whole checkpoint."""
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and isinstance(cast(dict[str, Any], content).get("checkpoint"), dict)


def deployment_in(path: Path) -> Mapping[str, Any] | None:
    """The deployment a whole checkpoint file holds, secrets encrypted; None when nothing was ever deployed."""
    if not is_readable(path):
        return None
    return json.loads(path.read_text(encoding="utf-8"))["checkpoint"].get("latest")


def has_pending_operations(path: Path) -> bool:
    """Whether a readable checkpoint names operations that an engine began and never saw the end of."""
    if not path.exists():
        return False
    checkpoint: Any = json.loads(path.read_text(encoding="utf-8"))["checkpoint"]
    return bool((checkpoint.get("latest") or {}).get("pending_operations"))


def remove_cut_off_attributes(directories: Iterable[Path]) -> int:
    """Remove attribute files that do not parse; returns how many there were.

    The file backend writes one beside each file, in place and without need: one that is missing is no error, one that
    was cut off makes the file beside it unreadable ("failed to load checkpoint: EOF").
    """
    removed = 0
    for path in (path for directory in directories for path in directory.glob("*.attrs")):
        try:
            json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        except ValueError:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def remove_unfinished_writes(directories: Iterable[Path]) -> int:
    """Remove the file backend's temporary files; returns how many there were.

    It writes beside the final name and renames. What a killed engine left in a lock directory is a lock to every later
    one. One that is younger than a write takes may be a living engine's: it gets that long to be renamed.
    """
    removed = 0
    for path in (path for directory in directories for path in directory.glob("*.tmp")):
        try:
            time.sleep(max(0.0, path.stat().st_mtime + WRITE_S - time.time()))
            path.unlink()
        except FileNotFoundError:
            continue
        removed += 1
    return removed


def mend_checkpoint(path: Path, say: Callable[[str], None]) -> bool:
    """Bring back the previous checkpoint when the current one is cut off; returns whether that was needed.

    Raises `InputError` when there is no readable one left.
    """
    if not path.exists() or is_readable(path):
        return False
    previous = path.with_name(f"{path.name}.bak")
    if not is_readable(previous):
        raise InputError(
            f"the state {path} cannot be read, and neither can the previous one beside it",
            f"take a checkpoint from {path.parents[2] / 'history'} and put it back with `pulumi stack import`, "
            "or start afresh: ./metro twin reset",
        )
    aside = path.with_name(f"{path.name}.unreadable-{time.strftime('%Y%m%dT%H%M%S')}")
    path.rename(aside)
    temporary = path.with_name(f".{path.name}.mended")
    shutil.copy2(previous, temporary)
    temporary.replace(path)
    say(
        f"{path.stem}: its state was cut off in the middle of a write; went back to the previous one, kept {aside.name}"
    )
    return True
