"""How the stacks are configured whose plan is judged."""

from __future__ import annotations

from enum import StrEnum


class GateEnvironment(StrEnum):
    """How the stacks are configured for the plan that is judged."""

    PRODUCTION = "production"
    """As the files of `stacks/config` say."""
    REHEARSAL = "rehearsal"
    """As in a twin."""
