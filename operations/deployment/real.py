"""Taking a territory up and down for real: the checkout's own project, the person's own backend, every guard closed."""

from __future__ import annotations

import os
from pathlib import Path

from operations.console import Console
from operations.deployment.communes import choose_commune, targets_of
from operations.deployment.engine_process import EngineCommand, EngineProcesses
from operations.deployment.real_guards import RealTarget, check_accounts, check_vcenters, confirm, target_of
from operations.deployment.schedule import inside_hosts, select_stacks
from operations.deployment.stacks import Changed, Deployment
from operations.deployment.twin import Wishes
from operations.deployment.workspace import Workspace
from operations.engine.find import ensure_engine
from operations.errors import InputError
from operations.paths import CHECKOUT, state_directory
from operations.recovery.pending import PendingOperation, UnknownIdentity, resolve
from operations.recovery.run_lock import hold
from operations.territories import ChosenTerritory
from operations.yaml_files import read_mapping
from providers.hosts.plugin import install_plugin
from stacks.layers import stacks_of

CONFIGURATION = CHECKOUT / "stacks" / "config"


def change_real(
    upwards: bool, territory: ChosenTerritory, wishes: Wishes, approved: str | None, console: Console
) -> Changed:
    """Bring the real platform up or down, after every guard of `operations.deployment.real_guards` has been passed."""
    if not wishes.gate:
        raise InputError("the real platform is never changed without the gate", "leave --no-gate out")
    name = territory.model.name
    stacks = stacks_of(territory.model)
    chosen = select_stacks(stacks, wishes.only)
    communes = [choose_commune(territory.model, each) for each in wishes.communes]
    for stack in chosen:
        target = _target(stack.name, territory)
        check_vcenters(target)
        check_accounts(target)
    unattended = "--approved FILE, which ./metro approve writes" if upwards else None
    confirm(name, approved, unattended=unattended)
    processes = EngineProcesses()
    workspace = real_workspace(processes, console)

    def recover(stack: str) -> None:
        """Outside a twin no object is taken over without a person having looked at it."""

        def identify(operation: PendingOperation) -> str | None:
            raise UnknownIdentity(operation.type)

        resolve(stack, workspace.export(stack), identify)

    upstream = {stack.name: stack.upstream for stack in stacks}
    deployment = Deployment(
        upstream, workspace, processes, recover, console, wishes.parallel, together=inside_hosts(stacks)
    )
    with hold(state_directory(), f"{name}.real", "metro --tier real", console, wait=wishes.wait):
        if wishes.approval:
            known = workspace.stacks()
            wishes.approval.check_state(
                [stack.name for stack in stacks], lambda stack: workspace.export(stack) if stack in known else None
            )
        names = [stack.name for stack in chosen]
        if not upwards:
            return Changed(deployment.down(names))
        targets = targets_of(territory.model, communes, chosen, workspace.export) if communes else {}
        from operations.guard.gated import gated  # noqa: PLC0415 - as in `deploy`

        with gated(territory, workspace, state_directory(), console) as gate:
            reports = deployment.up(list(targets) if communes else names, refresh=wishes.refresh, targets=targets)
            return Changed(gate.after(reports, workspace.export), gate.report)


def real_workspace(processes: EngineProcesses, console: Console) -> Workspace:
    """The checkout's own stacks, in the backend the person is logged in to, with the person's own credentials."""
    with console.step("Making the Pulumi engine ready") as progress:
        engine = ensure_engine(progress)
    install_plugin(Path(os.environ.get("PULUMI_HOME") or "~/.pulumi").expanduser())
    return Workspace(CHECKOUT, EngineCommand(engine.pulumi, engine.version, os.environ, processes), {})


def _target(stack: str, territory: ChosenTerritory) -> RealTarget:
    file = CONFIGURATION / f"Pulumi.{stack}.yaml"
    if not file.exists():
        raise InputError(f"stack {stack} has no configuration at {file}", f"pulumi stack init {stack}")
    return target_of(stack, read_mapping(file).get("config", {}), territory.model)
