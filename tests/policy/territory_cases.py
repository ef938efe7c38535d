"""Cases of territory rules as data: the sandbox as it is planned now, with changes.

    - name: what is different
      answer: fail
      change:
        - {name: lac-bastion-vm, set: {inputs/memory: 1}}
        - {name: interconnect-lac-apart, remove: true}
      declare: {services/0/criticality: standard}

A path goes into maps and lists by `/`; markers of the plan (`{$unknown: true}`) stand for themselves.
"""

from __future__ import annotations

import json
from base64 import b64encode
from functools import cache
from typing import Any, Final, cast

import yaml
from pydantic import BaseModel, ConfigDict

from planning.plan import PlannedResource
from planning.urns import parse_urn
from planning.values import Value
from policies.answers import Answer
from policies.subjects import Platform, Stack
from territory.model import Territory

from .cases import FOLDER
from .sandbox import sandbox_stacks, sandbox_territory

_ABSENT: Final = "$absent"
"""A value that takes away what is at its path."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Change(_Model):
    """What is different about the planned resources of a name."""

    name: str
    stack: str | None = None
    """Which stack, where several have the name."""
    copy_as: str | None = None
    """The original stays; the changes are made to a copy of this name."""
    remove: bool = False
    set: dict[str, Value] = {}
    """Path to the value that is there instead, in the record as a plan holds it."""
    addresses: tuple[str, ...] | None = None
    """What the guest is told at its first boot. Example: `[10.129.0.2/20]`."""
    depends: dict[str, tuple[str, ...]] = {}
    """Property to the names of the resources of its stack that its value comes from."""
    provider: str | None = None
    """The name of the provider that makes it."""


class TerritoryCase(_Model):
    """What is different from the sandbox, and what the rule has to say about it."""

    name: str
    answer: Answer
    says: str | None = None
    """Words the finding's message has to hold."""
    about: str | None = None
    """How the subject of one finding ends."""
    change: tuple[Change, ...] = ()
    only: tuple[str, ...] = ()
    """The stacks that are there; all of them when none is named."""
    environment: dict[str, str] = {}
    """Stack to the environment it is in, empty for one that does not say; `*` for all others."""
    declare: dict[str, Value] = {}
    """Path into the territory to what is declared there instead."""

    def stacks(self) -> tuple[Stack, ...]:
        """The sandbox's stacks with the changes; those that nothing changes are shared."""
        changes = dict.fromkeys(range(len(self.change)), 0)
        chosen = [stack for stack in sandbox_stacks() if not self.only or stack.name in self.only]
        stacks = tuple(self._stack(stack, changes) for stack in chosen)
        idle = [self.change[index].name for index, count in changes.items() if not count]
        assert not idle, f"{self.name}: nothing in the sandbox is called {', '.join(idle)}"
        return stacks

    def platform(self) -> Platform:
        """Everything a territory rule is asked about."""
        return Platform(self.territory(), self.stacks())

    def territory(self) -> Territory:
        """What is declared."""
        if not self.declare:
            return sandbox_territory()
        declared = sandbox_territory().model_dump(mode="json")
        for path, value in self.declare.items():
            _put(declared, path, value)
        return Territory.model_validate(declared)

    def _stack(self, stack: Stack, changes: dict[int, int]) -> Stack:
        resources = list(stack.plan.resources)
        for index, change in enumerate(self.change):
            for resource in stack.plan.resources:
                if resource.name == change.name and change.stack in (None, stack.name):
                    changes[index] += 1
                    _apply(change, resources, resource)
        environment = self.environment.get(stack.name, self.environment.get("*", stack.environment)) or None
        if resources == list(stack.plan.resources) and environment == stack.environment:
            return stack
        return Stack(stack.plan.model_copy(update={"resources": tuple(resources), "environment": environment}))


def _apply(change: Change, resources: list[PlannedResource], original: PlannedResource) -> None:
    where = next(index for index, resource in enumerate(resources) if resource.urn == original.urn)
    if change.remove:
        del resources[where]
        return
    changed = _changed(change, resources, resources[where])
    if change.copy_as:
        resources.append(changed)
    else:
        resources[where] = changed


def _changed(change: Change, resources: list[PlannedResource], resource: PlannedResource) -> PlannedResource:
    record = resource.model_dump(mode="json")
    for path, value in change.set.items():
        _put(record, path, value)
    if change.addresses is not None:
        cards = {f"nic{index}": {"addresses": [address]} for index, address in enumerate(change.addresses)}
        metadata = b64encode(json.dumps({"network": {"ethernets": cards}}).encode()).decode()
        record["inputs"]["extraConfig"]["guestinfo.metadata"] = metadata
    urns = {each.name: each.urn for each in resources}
    for name, sources in change.depends.items():
        record["property_dependencies"][name] = [urns[source] for source in sources]
    if change.copy_as:
        record["name"] = change.copy_as
        record["urn"] = str(parse_urn(resource.urn)._replace(name=change.copy_as))
    if change.provider is not None:
        urn, _, id_ = record["provider"].rpartition("::")
        record["provider"] = f"{parse_urn(urn)._replace(name=change.provider)}::{id_}"
    return PlannedResource.model_validate(record)


def _put(record: dict[str, Any], path: str, value: Value) -> None:
    inside: Any = record
    *way, last = path.split("/")
    for key in way:
        inside = inside[int(key)] if isinstance(inside, list) else cast("dict[str, Any]", inside).setdefault(key, {})
    if isinstance(inside, list):
        items = cast("list[Value]", inside)
        if last == "+":
            items.append(value)
        elif value == _ABSENT:
            del items[int(last)]
        else:
            items[int(last)] = value
    elif value == _ABSENT:
        del inside[last]
    else:
        inside[last] = value


@cache
def territory_cases_of(rule_id: str) -> tuple[TerritoryCase, ...]:
    """The cases of one rule, in the order they are written."""
    file = FOLDER / f"{rule_id.lower().replace('-', '_')}.yaml"
    return tuple(TerritoryCase.model_validate(entry) for entry in yaml.safe_load(file.read_text(encoding="utf-8")))
