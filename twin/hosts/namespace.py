"""Finding a hypervisor's namespaces from outside."""

from __future__ import annotations

from pathlib import Path
from typing import Final

LOCK_SUFFIX: Final = ".lock"
"""Of the file beside a hypervisor's directory that it holds locked, in which stands the process started for it."""


def first_inside(outer: int) -> int | None:
    """The first process of the namespaces that a hypervisor made, by the process that was started for it.

    A process that enters the network namespace of the one returned is where the world's wires are. None before it is
    there, or once it is gone.
    """
    try:
        children = Path(f"/proc/{outer}/task/{outer}/children").read_text(encoding="ascii").split()
    except OSError:
        return None
    return int(children[0]) if children else None
