"""Taking an ephemeral territory down until nothing of it is left: stacks, world, configuration, copy, record."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from operations.console import Console
from operations.deployment.engine_events import Outcome, StackReport
from operations.deployment.enrolment import forget_enrolment
from operations.deployment.project import Project
from operations.deployment.stack_configuration import NAMESPACE, deployed_stacks
from operations.deployment.twin import Wishes, withdraw
from operations.ephemeral.lease import Leases
from operations.errors import AnswerNo, InputError
from operations.territories import choose_territory
from operations.worlds.care import discard
from operations.worlds.world import forget_world, world_files
from operations.yaml_files import read_mapping
from stacks.settings import Environment


class NotEphemeral(AnswerNo):
    """Something that bears the name does not say that it may be removed."""


def remove_ephemeral(state: Path, name: str, wishes: Wishes, console: Console) -> list[StackReport]:
    """Take everything of an ephemeral territory down; its files go once every stack and its world have.

    Whoever calls holds the territory's `lease_lock`. Raises `NotEphemeral` when something of that name is not, and
    `AnswerNo` when something is left in its world.
    """
    project = Project(state)
    reference = str(Leases(state).folder(name))
    stacks = ephemeral_stacks(project, name, reference)
    try:
        territory = choose_territory(name)
    except InputError as error:
        # As after an upgrade. Nothing of it is anywhere but in a world of its own, which can go as a whole.
        console.warn(f"{name}: its copy cannot be read any more, so its world goes as it is: {error.message}")
        discard(state, name, stacks, console, doing="metro janitor")
        reports: list[StackReport] = []
    else:
        reports = withdraw(state, territory, replace(wishes, only=()), console, keep_twin=False)
    if all(report.outcome is Outcome.SUCCEEDED for report in reports):
        for stack in stacks:
            project.forget(stack)
        forget_enrolment(state, name)
        forget_world(state, name)
        shutil.rmtree(world_files(state, name).directory, ignore_errors=True)
        Leases(state).forget(name)
    return reports


def ephemeral_stacks(project: Project, name: str, reference: str) -> list[str]:
    """The stacks of a territory. Raises `NotEphemeral` unless each says that it is that one's, and ephemeral."""
    stacks = {*_configured(project, reference), *(stack.name for stack in deployed_stacks(project, name))}
    for stack in sorted(stacks):
        config = _configuration(project.configuration_file(stack))
        environment, of = config.get(f"{NAMESPACE}:environment"), config.get(f"{NAMESPACE}:territory")
        if environment != Environment.EPHEMERAL:
            said = f"its configuration says {environment}" if environment else "it has no configuration that says so"
            raise NotEphemeral(f"{stack} is not ephemeral: {said}; nothing of {name} is removed")
        if of != reference:
            raise NotEphemeral(f"{stack} belongs to {of}, not to {reference}; nothing of {name} is removed")
    return sorted(stacks)


def _configured(project: Project, reference: str) -> list[str]:
    """The stacks that are configured for a territory."""
    return [
        file.name.removeprefix("Pulumi.").removesuffix(".yaml")
        for file in sorted(project.configuration.glob("Pulumi.*.yaml"))
        if _configuration(file).get(f"{NAMESPACE}:territory") == reference
    ]


def _configuration(file: Path) -> dict[str, Any]:
    return read_mapping(file).get("config", {})
