"""What an interrupted run left behind, put right before the next one touches a stack.

In this order: processes of dead runs are ended; a stack's stale engine locks are removed; a state cut off in the middle
of a write goes back to the one before; operations under way are settled. docs/guides/recover-from-a-killed-run.md
gives the same steps for plain `pulumi`.
"""

from __future__ import annotations

import time

from operations.console import Console
from operations.deployment.engine_events import EventTally
from operations.deployment.project import Project
from operations.deployment.workspace import Workspace
from operations.errors import AnswerNo
from operations.recovery.checkpoint import (
    has_pending_operations,
    mend_checkpoint,
    remove_cut_off_attributes,
    remove_unfinished_writes,
)
from operations.recovery.engine_lock import EngineLock, remove_stale_locks
from operations.recovery.pending import Identify, Resolution, resolve, settled
from twin.client import TwinClient

POLL_S = 0.5


def free_stack(project: Project, stack: str, console: Console, *, wait: bool) -> None:
    """Return once no engine holds a stack: stale locks are removed, a living engine is waited for.

    Raises `AnswerNo` naming the holder without `wait`.
    """
    remaining = remove_stale_locks(project.lock_directory(stack), console.say)
    if not remaining:
        return
    if not wait or not _is_local(remaining):
        raise AnswerNo(
            f"{stack} is locked by {remaining[0]}, which is at work on it",
            f"wait for it, or end it and then: pulumi cancel -s {stack}",
        )
    with console.step(f"Waiting for {remaining[0]}, which is at work on {stack}"):
        while remove_stale_locks(project.lock_directory(stack), console.say):
            time.sleep(POLL_S)


def await_abandoned_work(client: TwinClient, console: Console) -> None:
    """Return once the twin has ended what engines that were killed had asked of it.

    Until then an object may still appear in the world after it was looked for.
    """
    if not client.status().ending:
        return
    with console.step("Waiting for what a killed engine had begun"):
        while client.status().ending:
            time.sleep(POLL_S)


def settle_stack(
    project: Project, workspace: Workspace, stack: str, identify: Identify, console: Console
) -> Resolution:
    """Bring a stack's state to where every object of its world that an engine made is known to it."""
    remove_cut_off_attributes(project.backend_directories(stack))
    remove_unfinished_writes(project.backend_directories(stack))
    mend_checkpoint(project.state_file(stack), console.say)
    if not has_pending_operations(project.state_file(stack)):  # asking an engine takes longer than all of the above
        return Resolution({}, (), ())
    deployment = workspace.export(stack)
    resolution = resolve(stack, deployment, identify)
    if not resolution.needed:
        return resolution
    for urn, identity in resolution.imports.items():
        console.say(f"{stack}: {urn} was created by the killed run; importing it as {identity}")
    for urn in resolution.cleared:
        console.say(f"{stack}: {urn} was never created; forgetting the attempt")
    for urn in resolution.refreshed:
        console.say(f"{stack}: {urn} was being changed; reading it again")
    if deployment is not None and (resolution.imports or resolution.cleared):
        workspace.replace_state(stack, settled(deployment, resolution))
    workspace.refresh(stack, EventTally(stack).take)
    return resolution


def _is_local(locks: list[EngineLock]) -> bool:
    return all(lock.is_local for lock in locks)
