"""An approval: what somebody said yes to, as two digests. `metro up --approved FILE` changes nothing else.

The plan digest is the one a review prints: of the plan, the rules, waivers, lock file and tool of a revision. The state
digest is of what was deployed when the approval was given, and only who may read the state can make it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from operations.console import Console
from operations.errors import AnswerNo, InputError
from operations.paths import CHECKOUT
from operations.review.digests import Digest, plan_digest, state_digest
from operations.review.planned import Planner
from operations.review.repository import Repository
from operations.yaml_files import write_text
from planning.plan import Model

LARGEST_FILE = 1 << 20

Export = Callable[[str], Mapping[str, Any] | None]
"""A stack's name to its deployment, secrets encrypted; None when nothing was ever deployed."""


class Approval(Model):
    """Both digests with their parts, so that who finds others can say what moved."""

    schema_version: Literal[1] = 1
    territory: str
    tier: str
    plan: Digest
    state: Digest

    def check_target(self, territory: str, tier: str) -> None:
        """Refuse another territory or world than the approved one."""
        for what, approved, found in (("territory", self.territory, territory), ("tier", self.tier, tier)):
            if approved != found:
                raise InputError(f"the approval is for {what} {approved!r}, this run would change {found!r}")

    def check_plan(self, found: Digest) -> None:
        """Refuse another plan, or other rules, than the approved ones."""
        _check(self.plan, found, "plan", "have the change reviewed and approved again")

    def check_state(self, stacks: Iterable[str], export: Export) -> None:
        """Refuse a state that is not the one the approval was given for."""
        found = state_digest({stack: export(stack) for stack in stacks})
        _check(self.state, found, "state", "somebody deployed since: look at what, then approve again")


def read_approval(file: Path) -> Approval:
    """The approval in a file; `InputError` when it is none, or was changed by hand."""
    try:
        raw = file.read_bytes()[: LARGEST_FILE + 1]
    except OSError as error:
        raise InputError(
            f"the approval {file} cannot be read: {error.strerror}", "./metro approve writes one"
        ) from error
    try:
        approval = Approval.model_validate_json(raw)
    except ValidationError:
        raise InputError(f"{file} is no approval", "./metro approve writes one") from None
    for digest in (approval.plan, approval.state):
        if Digest.of(digest.parts) != digest:
            raise InputError(f"{file} does not hold together: a digest is not that of its parts", "approve again")
    return approval


def write_approval(approval: Approval, file: Path) -> None:
    """Write an approval where somebody asked for it."""
    try:
        write_text(file, approval.model_dump_json(indent=1) + "\n")
    except OSError as error:
        raise InputError(f"the approval cannot be written to {file}: {error.strerror}") from error


def checkout_digest(territory: str, console: Console) -> Digest:
    """The plan digest of this checkout as it stands, made as a review makes it."""
    with tempfile.TemporaryDirectory(prefix="metropole-approval-") as name, console.step("Planning what was approved"):
        scratch = Path(name)
        repository = Repository(CHECKOUT, scratch)
        here = repository.working_tree(CHECKOUT, "this checkout")
        outcome = Planner(repository, here, scratch).outcome(here, here, territory, None).outcome
        if outcome.plan is None:
            why = outcome.error or f"there is no territory {territory} in stacks/territories"
            raise AnswerNo(f"what was approved cannot be planned: {why}", outcome.remedy)
        return plan_digest(outcome.plan, repository, here)


def _check(approved: Digest, found: Digest, what: str, remedy: str) -> None:
    moved = approved.moved(found)
    if moved:
        lines = "\n  ".join(moved)
        raise AnswerNo(f"the {what} is not the approved one; nothing was changed:\n  {lines}", remedy)
