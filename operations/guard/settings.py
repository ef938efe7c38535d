"""What every stack of a territory is told, as far as the program of one of them can say it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from operations.deployment.stack_configuration import twin_configuration
from operations.errors import InputError
from operations.guard.protocol import GateQuestion
from operations.territories import ChosenTerritory
from operations.worlds.world import imagined_world
from operations.yaml_files import read_mapping
from planning.configuration import SECURE
from stacks.layers import LAYERS, LayerStack, stacks_of
from territory.errors import TerritoryError
from territory.loader import load_territory

TERRITORY = "metropole:territory"
SHARED = (TERRITORY, "metropole:environment", "metropole:expires")
"""Keys in which the stacks of a territory cannot differ."""

Settings = dict[str, dict[str, Any]]


def settings_for(question: GateQuestion) -> tuple[ChosenTerritory, Settings]:
    """The territory a program belongs to, and the configuration of each of its stacks.

    The program's own is as the engine told it; see `written_settings` for the others'. `InputError` where there is no
    such territory, or no such stack of it.
    """
    reference = question.config.get(TERRITORY)
    if not reference:
        raise InputError(
            f"the stack {question.stack} does not say its territory", f"pulumi config set {TERRITORY} NAME"
        )
    try:
        chosen = ChosenTerritory(reference, load_territory(reference))
    except TerritoryError as error:
        raise InputError(str(error)) from None
    shared = {key: question.config[key] for key in SHARED if key in question.config}
    own = {key: {SECURE: value} if key in question.secret_keys else value for key, value in question.config.items()}
    settings = written_settings(chosen, Path(question.project), shared)
    if question.stack not in settings:
        raise InputError(f"{reference} has no stack {question.stack}", f"its stacks are: {', '.join(settings)}")
    return chosen, {**settings, question.stack: own}


def shared_settings(chosen: ChosenTerritory, project: Path) -> dict[str, str]:
    """What the files of a project say to every stack of a territory alike."""
    for stack in chosen.stacks:
        written = _file_settings(project, stack)
        if written:
            return {key: str(written[key]) for key in SHARED if key in written}
    return {}


def written_settings(chosen: ChosenTerritory, project: Path, shared: Mapping[str, str]) -> Settings:
    """What the files of a project say to each stack, and where there is none, what a rehearsal would be told.

    Secrets, which nobody can read here, are imagined.
    """
    return {
        stack.name: {**_told(chosen, stack, _file_settings(project, stack)), **shared}
        for stack in stacks_of(chosen.model)
        if shared.get("metropole:environment") != "ephemeral" or not LAYERS[stack.layer].account_wide
    }


def _file_settings(project: Path, stack: LayerStack) -> Mapping[str, Any]:
    folder = project / str(read_mapping(project / "Pulumi.yaml").get("stackConfigDir") or ".")
    return read_mapping(folder / f"Pulumi.{stack.name}.yaml").get("config", {})


def _told(chosen: ChosenTerritory, stack: LayerStack, written: Mapping[str, Any]) -> dict[str, Any]:
    imagined = twin_configuration(chosen, stack, imagined_world(chosen.model))
    secret = {key: {SECURE: value} for key, value in imagined.secret.items()}
    if not written:
        return {**imagined.plain, **secret}
    readable = {key: value for key, value in written.items() if key not in secret or not _is_sealed(value)}
    return {**secret, **readable}


def _is_sealed(value: object) -> bool:
    return isinstance(value, Mapping) and set(cast("Mapping[str, object]", value)) == {SECURE}
