"""Where a checkout keeps its code and its state."""

from __future__ import annotations

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]


def state_directory() -> Path:
    """The state of this checkout: worlds, stacks' states, generated project. Git ignores it.

    `METROPOLE_STATE` moves it. The directory is made if needed, readable by its owner alone.
    """
    named = os.environ.get("METROPOLE_STATE")
    state = Path(named).expanduser().resolve() if named else CHECKOUT / ".metropole"
    if not state.is_dir():
        state.mkdir(parents=True, mode=0o700)
    return state
