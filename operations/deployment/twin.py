"""Taking a territory up and down on its twin, from a cold machine to a line that says what is there."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from operations.console import Console
from operations.deployment.communes import choose_commune, targets_of
from operations.deployment.engine_events import Outcome, StackReport
from operations.deployment.project import Project
from operations.deployment.schedule import inside_hosts, select_stacks, with_upstream, without_hosts
from operations.deployment.stack_configuration import adopting_stacks, deployed_stacks
from operations.deployment.stacks import Changed, Deployment, raise_for
from operations.errors import AnswerNo
from operations.hosts.hosting import await_hosts, run_hosts
from operations.recovery.checkpoint import deployment_in
from operations.recovery.own_processes import end_orphans
from operations.recovery.pending import PendingOperation
from operations.recovery.run_lock import hold
from operations.recovery.stacks import await_abandoned_work, free_stack, settle_stack
from operations.territories import ChosenTerritory
from operations.worlds.session import RunningWorld, TwinSession, open_session, start_world, stop_world
from stacks.guard import NO_GUARD, SOCKET_VARIABLE
from stacks.layers import LayerStack
from territory.hosts import hosts

if TYPE_CHECKING:
    from operations.review.approval import Approval


@dataclass(frozen=True)
class Wishes:
    """What the person asked for beside the territory."""

    only: tuple[str, ...] = ()
    """Layers, or parts of them as `communes-graves`; all when empty."""
    communes: tuple[str, ...] = ()
    """Names or INSEE codes: nothing but what is theirs is touched; everything when empty."""
    refresh: bool = True
    wait: bool = True
    parallel: int = 4
    """Stacks worked on at the same time."""
    gate: bool = True
    """Whether rules are asked; only a twin can do without."""
    hosts: bool = False
    """Whether machines run as systems, and what is done to them over ssh is done."""
    approval: Approval | None = None
    """What was approved: nothing is changed when the state is another one."""


def deploy(state: Path, territory: ChosenTerritory, wishes: Wishes, console: Console) -> Changed:
    """Bring a territory up. Raises `AnswerNo` when a stack failed, after all that could be done was done."""
    stacks = territory.stacks if wishes.hosts else without_hosts(territory.stacks)
    chosen = select_stacks(stacks, wishes.only)
    communes = [choose_commune(territory.model, name) for name in wishes.communes]
    with ExitStack() as held:
        session, running, deployment = _begin(held, state, territory, wishes, console, stacks, chosen, doing="metro up")
        if wishes.approval:
            wishes.approval.check_state(
                [stack.name for stack in territory.stacks],
                lambda stack: deployment_in(session.project.state_file(stack)),
            )
        if running.status.lost:
            _start_over(session, territory, deployment, console)
        _tell_abandoned(session.project, territory, territory.stacks, console)
        if wishes.hosts:
            run_hosts(session.client, territory.model.name, console)

        def export(stack: str) -> Mapping[str, Any] | None:
            # Reading the file is as good as asking an engine, which takes longer than all that leads up to it.
            return deployment_in(session.project.state_file(stack))

        names = [stack.name for stack in chosen]
        targets = targets_of(territory.model, communes, chosen, export) if communes else {}
        wanted = list(targets) if communes else names
        if not wishes.gate:
            console.warn("no rule was asked: what comes up may be anything")
            session.workspace.command.tell(SOCKET_VARIABLE, NO_GUARD)
            return Changed(deployment.up(wanted, refresh=wishes.refresh, targets=targets))
        from operations.guard.gated import gated  # noqa: PLC0415 - nothing to load where no rule is asked

        with gated(territory, session.workspace, state, console) as gate:
            reports = deployment.up(wanted, refresh=wishes.refresh, targets=targets)
            return Changed(gate.after(reports, export), gate.report)


def withdraw(
    state: Path, territory: ChosenTerritory, wishes: Wishes, console: Console, *, keep_twin: bool
) -> list[StackReport]:
    """Take a territory down and look, past Pulumi, that its vCenters and clouds hold nothing of it any more.

    Raises `AnswerNo` when a stack failed or something is left.
    """
    with ExitStack() as held:
        deployed = deployed_stacks(Project(state), territory.model.name)
        chosen = {stack.choice: stack for stack in (*territory.stacks, *deployed)}
        wanted = {stack.name for stack in select_stacks(tuple(chosen.values()), wishes.only)}
        session, running, deployment = _begin(
            held, state, territory, wishes, console, deployed, deployed, doing="metro down"
        )
        reports = deployment.down([stack.name for stack in deployed if stack.name in wanted])
        if len(reports) < len(deployed) or not all(report.outcome is Outcome.SUCCEEDED for report in reports):
            return reports
        with console.step("Counting what is left in the vCenters and clouds"):
            from operations.worlds.cloud_leftovers import count_cloud  # noqa: PLC0415 - likewise
            from operations.worlds.leftovers import count_leftovers  # noqa: PLC0415 - half a second that `up` has no use for

            in_clouds = count_cloud(running.world)
            left = [*count_leftovers(running.world), *in_clouds.left]
        for line in in_clouds.retained:
            console.say(f"{territory.model.name}: AWS keeps for a while: {line}")
        if adopting := adopting_stacks(session.project, [stack.name for stack in deployed]):
            console.warn(
                f"{', '.join(adopting)} had adopted what stood there, so what is left cannot be told from it: "
                + ("; ".join(left) or "nothing")
            )
        elif left:
            raise AnswerNo(
                f"{len(left)} objects are left in the world of {territory.model.name}:\n  " + "\n  ".join(left),
                f"./metro twin reset --territory {territory.model.name}",
            )
        else:
            console.say(f"{territory.model.name}: no vCenter and no cloud holds anything")
        stop_world(session, running, keep=keep_twin)
    return reports


def _begin(
    held: ExitStack,
    state: Path,
    territory: ChosenTerritory,
    wishes: Wishes,
    console: Console,
    stacks: tuple[LayerStack, ...],
    chosen: tuple[LayerStack, ...],
    *,
    doing: str,
) -> tuple[TwinSession, RunningWorld, Deployment]:
    """Everything before the first stack: parts made ready, the territory locked, dead runs cleared away.

    Of `stacks`, those exist afterwards that are `chosen`, that these build on, or that existed before.
    """
    session = open_session(state, console)
    held.enter_context(hold(state, territory.model.name, doing, console, wait=wishes.wait))
    end_orphans(state, console.say)
    needed = with_upstream(stacks, chosen)
    present = [each for each in stacks if each in needed or session.project.state_file(each.name).exists()]
    running = start_world(session, territory, console, present)

    inside = inside_hosts(stacks)

    def await_ground(stack: str) -> None:
        if stack in inside:
            await_hosts(running.world.directory, [host.name for host in hosts(territory.model)], console.say)

    deployment = Deployment(
        upstream={stack.name: stack.upstream for stack in stacks},
        workspace=session.workspace,
        processes=session.processes,
        recover=lambda stack: _recover(session, running, stack, console, wait=wishes.wait),
        console=console,
        parallel=wishes.parallel,
        together=inside,
        await_ground=await_ground,
    )
    return session, running, deployment


def _recover(session: TwinSession, running: RunningWorld, stack: str, console: Console, *, wait: bool) -> None:
    free_stack(session.project, stack, console, wait=wait)
    await_abandoned_work(session.client, console)

    def identify(operation: PendingOperation) -> str | None:
        from operations.recovery.identity import identify_in  # noqa: PLC0415 - nearly a second, needed after a kill only

        return identify_in(running.world, session.workspace.export(stack), operation)

    settle_stack(session.project, session.workspace, stack, identify, console)


def _start_over(session: TwinSession, territory: ChosenTerritory, deployment: Deployment, console: Console) -> None:
    """The world the state describes died: read every stack again, so that what follows makes everything anew."""
    name, project = territory.model.name, session.project
    console.warn(f"{name}'s world was lost: its vCenters died with all they held; making everything anew")
    # What is inside hosts goes with them: each gets another machine, on which everything is done anew.
    stacks = [stack for stack in deployment.upstream if stack not in deployment.together]
    raise_for(deployment.refresh([stack for stack in stacks if project.state_file(stack).exists()]))
    session.client.acknowledge_loss(name)


def _tell_abandoned(
    project: Project, territory: ChosenTerritory, stacks: tuple[LayerStack, ...], console: Console
) -> None:
    """A part that left the territory's data leaves its stack standing: say so, deleting takes a person's word."""
    declared = {stack.choice for stack in stacks}
    name = territory.model.name
    for stack in deployed_stacks(project, name):
        if stack.choice not in declared:
            console.warn(f"{stack.name} is no longer declared; ./metro down -t {name} --only {stack.choice} removes it")
