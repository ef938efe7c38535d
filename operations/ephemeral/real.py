"""The janitor for real: a territory goes when the configuration and the state of all its stacks say that it may.

Nothing is inferred from names or ages. A territory of which one stack is not ephemeral, or says no time, or whose state
says something else than its configuration, is left alone as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, cast

from operations.deployment.engine_events import StackReport
from operations.deployment.stack_configuration import NAMESPACE
from operations.deployment.stacks import raise_for
from operations.ephemeral.janitor import Finding, Verdict
from operations.ephemeral.lease import rfc3339
from operations.ephemeral.removal import NotEphemeral
from operations.errors import AnswerNo, InputError, Interrupted, MachineError, MetroError
from operations.yaml_files import read_mapping
from stacks.layers import LayerStack
from stacks.settings import Environment

TERRITORY, ENVIRONMENT, EXPIRES = f"{NAMESPACE}:territory", f"{NAMESPACE}:environment", f"{NAMESPACE}:expires"
CLOUD_PROVIDER = "pulumi:providers:aws"

TakeDown = Callable[[str, frozenset[str]], list[StackReport]]
"""Takes down these stacks of the territory with that reference, past every guard of the tier real."""


class States(Protocol):
    """What is asked of the backend."""

    def stacks(self) -> frozenset[str]:
        """The stacks that exist."""
        ...

    def export(self, stack: str) -> Mapping[str, Any] | None:
        """A stack's deployment."""
        ...


@dataclass(frozen=True)
class RealTerritory:
    """A territory that at least one stack's configuration calls ephemeral."""

    reference: str
    """As `metropole:territory` says it."""
    configurations: Mapping[str, Mapping[str, Any]]
    """Stack to its configuration, of every stack of the territory that has one."""

    @property
    def name(self) -> str:
        """The name, as a folder has it."""
        return Path(self.reference).name

    def expires(self) -> datetime:
        """When the last of its stacks may go. Raises `NotEphemeral` unless each says that it is, and until when."""
        return max(self._expiry(stack) for stack in self.configurations)

    def _expiry(self, stack: str) -> datetime:
        config = self.configurations[stack]
        environment, written = config.get(ENVIRONMENT), config.get(EXPIRES)
        if environment != Environment.EPHEMERAL:
            raise NotEphemeral(f"{stack} is not ephemeral: its configuration says {environment}")
        moment = _moment(written)
        if moment is None:
            raise NotEphemeral(f"{stack} does not say until when: {EXPIRES} is {written!r}, expected RFC 3339")
        return moment

    def refuse_other_states(self, states: States, existing: frozenset[str]) -> None:
        """Raise `NotEphemeral` where a state holds what is protected, or was deployed as something else."""
        for stack in sorted(existing):
            for resource in (states.export(stack) or {}).get("resources") or ():
                if resource.get("protect"):
                    raise NotEphemeral(f"{stack} holds what is protected: {resource['urn']}")
                if str(resource["type"]) == CLOUD_PROVIDER:
                    self._refuse_other_tags(stack, _default_tags(resource.get("inputs") or {}))

    def _refuse_other_tags(self, stack: str, tags: Mapping[str, Any]) -> None:
        if tags.get(ENVIRONMENT) != Environment.EPHEMERAL:
            raise NotEphemeral(f"{stack} was deployed as {tags.get(ENVIRONMENT)}, whatever its configuration says now")
        deployed, said = _moment(tags.get(EXPIRES)), self._expiry(stack)
        if deployed != said:
            until = rfc3339(deployed) if deployed else "no time"
            raise NotEphemeral(f"{stack} was deployed until {until}, its configuration says {rfc3339(said)}")


def ephemeral_territories(configuration: Path) -> list[RealTerritory]:
    """The territories that call themselves ephemeral in a folder of stack configurations, by name."""
    by_territory: dict[str, dict[str, Mapping[str, Any]]] = {}
    for file in sorted(configuration.glob("Pulumi.*.yaml")):
        config: dict[str, Any] = read_mapping(file).get("config", {})
        stack = file.name.removeprefix("Pulumi.").removesuffix(".yaml")
        by_territory.setdefault(str(config.get(TERRITORY, "")), {})[stack] = config
    return sorted(
        (
            RealTerritory(reference, stacks)
            for reference, stacks in by_territory.items()
            if any(config.get(ENVIRONMENT) == Environment.EPHEMERAL for config in stacks.values())
        ),
        key=lambda territory: territory.name,
    )


def sweep_real(
    territories: Sequence[RealTerritory],
    states: Callable[[], States],
    take_down: TakeDown,
    now: datetime,
    *,
    only: str | None,
    dry_run: bool,
) -> list[Finding]:
    """Take down every territory whose time is up; one finding each. The backend is asked only if one's is.

    Raises `InputError` for a name (`only`) that no ephemeral territory has.
    """
    chosen = [each for each in territories if only in (None, each.name)]
    if only is not None and not chosen:
        raise InputError(
            f"{only} is no ephemeral territory: the janitor touches nothing else",
            f"its stacks' configuration has to say {ENVIRONMENT}: ephemeral",
        )
    return [_judge(territory, states, take_down, now, dry_run=dry_run) for territory in chosen]


def choices(declared: Sequence[LayerStack], existing: Collection[str]) -> tuple[str, ...]:
    """What chooses these stacks of a territory on a command line.

    Raises `AnswerNo` for one that the territory does not declare any more: nothing says in which order it may go.
    """
    names = {stack.name for stack in declared}
    for stack in sorted(existing):
        if stack not in names:
            raise AnswerNo(f"{stack} is deployed and no longer declared", f"pulumi destroy -s {stack}")
    return tuple(stack.choice for stack in declared if stack.name in existing)


def _judge(
    territory: RealTerritory, states: Callable[[], States], take_down: TakeDown, now: datetime, *, dry_run: bool
) -> Finding:
    expires, reports = "", list[StackReport]()
    try:
        end = territory.expires()
        expires = rfc3339(end)
        if end > now:
            return Finding(territory.name, Verdict.LIVES, territory.reference, expires)
        backend = states()
        existing = backend.stacks() & territory.configurations.keys()
        territory.refuse_other_states(backend, existing)
        if not existing:
            detail = "nothing of it is deployed; remove its configuration"
            return Finding(territory.name, Verdict.REMOVED, territory.reference, expires, detail)
        if dry_run:
            return Finding(territory.name, Verdict.DUE, territory.reference, expires, ", ".join(sorted(existing)))
        reports = take_down(territory.reference, existing)
        raise_for(reports)
        return Finding(territory.name, Verdict.REMOVED, territory.reference, expires, stacks=tuple(reports))
    except (Interrupted, MachineError):
        raise
    except MetroError as error:
        verdict = Verdict.REFUSED if isinstance(error, NotEphemeral) else Verdict.FAILED
        told = error.message + (f"\nremedy: {error.remedy}" if error.remedy else "")
        return Finding(territory.name, verdict, territory.reference, expires, told, tuple(reports))


def _moment(written: object) -> datetime | None:
    """A time with its zone, from text; YAML readers turn some into times by themselves."""
    try:
        moment = written if isinstance(written, datetime) else datetime.fromisoformat(str(written))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _default_tags(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """The tags a provider of a state puts on everything; providers keep structured settings as JSON."""
    found: Any = inputs.get("defaultTags") or {}
    parsed: Any = json.loads(found) if isinstance(found, str) else found
    tags: Any = cast(dict[str, Any], parsed).get("tags") or {}
    return cast(Mapping[str, Any], tags)
