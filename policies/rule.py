"""What a rule is: a question about one resource, about one in its stack, or about the whole territory."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

from policies.answers import Outcomes, Severity
from policies.subjects import Platform, Resource, Stack

FAMILIES: Final = ("NET", "CRYPTO", "IAM", "LOG", "BACKUP", "PLACE", "EDGE", "VSPHERE", "STATE")
"""The first word of an id: what a rule is about."""
ID_PATTERN: Final = re.compile(rf"^({'|'.join(FAMILIES)})-\d{{3}}$")


@dataclass(frozen=True, kw_only=True)
class _Rule:
    scope: ClassVar[str]
    id: str
    """Never reused. Example: `NET-001`, in `policies/rules/net_001.py`."""
    title: str
    """What must hold, in one line."""
    severity: Severity
    rationale: str
    """Why: what happens where it does not hold."""
    remediation: str
    """What to change, naming the property and the value."""
    after_apply: str | None = None
    """Why it can only be answered after the apply: the value it reads is the provider's to compute. None: before."""

    reads_no_value: bool = False
    """It looks at options and references alone, which are always known: it has no undetermined answer."""

    def __post_init__(self) -> None:
        if not ID_PATTERN.match(self.id):
            raise ValueError(f"'{self.id}' is no rule id: expected a family ({', '.join(FAMILIES)}) and three digits")
        for name in ("title", "rationale", "remediation"):
            if not getattr(self, name):
                raise ValueError(f"{self.id} has no {name}")


@dataclass(frozen=True, kw_only=True)
class ResourceRule(_Rule):
    """Judges each resource of `types` by itself; the engine's hooks can ask it of real values before they are sent."""

    scope = "resource"
    types: tuple[str, ...]
    check: Callable[[Resource], Outcomes]


@dataclass(frozen=True, kw_only=True)
class StackRule(_Rule):
    """Judges each resource of `types` among the others of its stack."""

    scope = "stack"
    types: tuple[str, ...]
    check: Callable[[Resource, Stack], Outcomes]


@dataclass(frozen=True, kw_only=True)
class TerritoryRule(_Rule):
    """Judges all stacks of a territory together, once."""

    scope = "territory"
    check: Callable[[Platform], Outcomes]


Rule = ResourceRule | StackRule | TerritoryRule
