"""Two digests that say what was approved: of the plan with all that judged it, and of the state it was made for.

Both are of parts that can be named, so that who finds another digest can say what moved.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, cast

from operations.review.environments import LOCK
from operations.review.planned import RULES, TOOL
from operations.review.repository import Repository, Revision
from planning.plan import Model, Plan

WAIVERS = f"{RULES}/waivers.yaml"
TIMES = frozenset({"created", "modified", "time", "lastRefreshed"})


class Digest(Model):
    """A digest and what it is of."""

    value: str
    parts: dict[str, str]

    @classmethod
    def of(cls, parts: Mapping[str, str]) -> Digest:
        """The digest of named parts."""
        return cls(value=_sha256(dict(parts)), parts=dict(parts))

    def moved(self, found: Digest) -> tuple[str, ...]:
        """What differs between this digest, the expected one, and what was found, in words."""
        told: list[str] = []
        for part in sorted({*self.parts, *found.parts}):
            then, now = self.parts.get(part), found.parts.get(part)
            if then != now:
                told.append(
                    f"{part} is new" if then is None else f"{part} is gone" if now is None else f"{part} differs"
                )
        return tuple(told)


def plan_digest(plan: Plan, repository: Repository, revision: Revision) -> Digest:
    """What would be deployed stack by stack, and the revision's rules, waivers, lock, tool and version."""
    parts = {f"plan of {stack.name}": plan.model_copy(update={"stacks": (stack,)}).digest() for stack in plan.stacks}
    for name, path in (("rules", RULES), ("waivers", WAIVERS), ("lock file", LOCK)):
        parts[name] = repository.subtree(revision, path) or "none"
    parts["tool"] = _sha256({folder: repository.subtree(revision, folder) for folder in TOOL})
    parts["version"] = version("metropole")
    return Digest.of(parts)


def state_digest(deployments: Mapping[str, Mapping[str, Any] | None]) -> Digest:
    """What each stack's exported deployment holds: its resources and pending operations, without their times.

    Secrets are in it as they are stored, encrypted; a stack that was never deployed counts as an empty one.
    """
    parts: dict[str, str] = {}
    for stack, deployment in deployments.items():
        content = deployment or {}
        for kind, words in (("resources", "resources"), ("pending_operations", "pending operations")):
            entries = cast("list[Any]", content.get(kind) or [])
            timeless = [_without_times(entry) for entry in entries]
            parts[f"{words} of {stack}"] = _sha256(
                sorted(timeless, key=lambda entry: json.dumps(entry, sort_keys=True))
            )
    return Digest.of(parts)


def _without_times(entry: Any) -> Any:
    """An entry without the engine's own times; what a program or a provider says stays, whatever it is called."""
    if not isinstance(entry, dict):
        return entry
    kept = {key: value for key, value in cast("dict[str, Any]", entry).items() if key not in TIMES}
    if isinstance(kept.get("resource"), dict):
        kept["resource"] = _without_times(kept["resource"])
    return kept


def _sha256(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
