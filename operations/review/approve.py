"""`metro approve` behind its verb: the trusted job's signature under a review, with the state it was given for."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import ValidationError

from operations.console import Console
from operations.deployment.engine_process import EngineProcesses
from operations.deployment.project import Project
from operations.deployment.real import real_workspace
from operations.errors import AnswerNo, InputError
from operations.paths import state_directory
from operations.recovery.checkpoint import deployment_in
from operations.review.approval import Approval, Export, checkout_digest, write_approval
from operations.review.digests import Digest, state_digest
from operations.review.review import Review
from operations.territories import choose_territory
from operations.tiers import Tier, announcement, choose_tier
from territory.hosts import hosts


def run_approve(territory: str, tier: str | None, reviewed: str, output: Path, *, as_json: bool) -> None:
    """Approve this checkout, if its plan is the reviewed one, for the state as it is now."""
    console = Console(as_json=as_json)
    chosen = choose_territory(territory)
    world = choose_tier(tier, hosts=len(hosts(chosen.model)))
    console.say(announcement(world))
    found = checkout_digest(chosen.model.name, console)
    check_reviewed(reviewed, found)
    with console.step("Reading the state"):
        export = real_export(console) if world is Tier.REAL else twin_export(state_directory())
        state = state_digest({stack.name: export(stack.name) for stack in chosen.stacks})
    approval = Approval(territory=chosen.model.name, tier=str(world), plan=found, state=state)
    write_approval(approval, output)
    console.say(f"approved: plan {found.value}, state {state.value}; ./metro up --approved {output}")
    console.result({"tier": str(world), "plan": found.value, "state": state.value, "file": str(output)})


def twin_export(state: Path) -> Export:
    """What a twin's stacks hold, read from their files."""
    project = Project(state)
    return lambda stack: deployment_in(project.state_file(stack))


def real_export(console: Console) -> Export:
    """What the real stacks hold, asked of the person's own backend."""
    workspace = real_workspace(EngineProcesses(), console)
    known = workspace.stacks()
    return lambda stack: workspace.export(stack) if stack in known else None


def check_reviewed(reviewed: str, found: Digest) -> None:
    """Refuse another digest than the reviewed one; with a review's JSON, what moved can be named as well."""
    if re.fullmatch(r"[0-9a-f]{64}", reviewed):
        moved = ("the plan digest differs; with the review's JSON in its place, what moved is named",)
        if reviewed == found.value:
            return
    else:
        try:
            review = Review.model_validate_json(Path(reviewed).read_bytes())
        except OSError as error:
            raise InputError(f"the review {reviewed} cannot be read: {error.strerror}") from error
        except ValidationError:
            raise InputError(f"{reviewed} is neither a plan digest nor a review's JSON") from None
        moved = review.as_digest.moved(found)
        if not moved:
            if review.digest == found.value:
                return
            moved = ("the review does not hold together: its digest is not that of its parts",)
    lines = "\n  ".join(moved)
    raise AnswerNo(
        f"this checkout is not what was reviewed:\n  {lines}", "review it again, or check out what was reviewed"
    )
