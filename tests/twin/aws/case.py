"""What the generated tests need to know of a resource type that its declaration does not say."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from providers.logic import CreateResult, DiffResult, Properties
from tests.twin.aws.account import Account
from twin.aws.provider import AWSProvider
from twin.framework.declaration import Given
from twin.framework.values import plain_map, wrap

Inputs = dict[str, Any]
_numbers = itertools.count()


def _own_id(_inputs: Inputs, id_: str) -> str:
    return id_


@dataclass(frozen=True)
class Case:
    """One resource type under test."""

    minimal: Callable[[str], Inputs]
    """A name that never repeats, to the inputs without which the type would refuse to be made."""
    read: Callable[[Account, str], Inputs]
    """What the cloud holds under an id, by the names of properties, read by plain boto3 and never by a declaration."""
    company: Mapping[str, Inputs] = field(default_factory=dict[str, Inputs])
    """Properties that only mean something together with others; None takes one away."""
    import_id: Callable[[Inputs, str], str] = _own_id
    """Inputs and id to what a user of the official provider would type."""
    unknowable: frozenset[str] = frozenset()
    """Properties an import cannot tell, for only the state keeps them."""
    importable: bool = True
    """Whether the official provider has an import for it."""
    alone: bool = True
    """Whether a second one with the same inputs is refused as existing already."""
    stays: bool = False
    """Whether a delete only lets go of it, for AWS itself never parts with it."""
    nothing: str | None = "nothing-of-that-name"
    """An import id under which there is nothing; None where the type has one for each other thing."""
    inherent: bool = False
    """Whether what it is about has one from the beginning."""


def fresh_name() -> str:
    return f"subject-{next(_numbers)}"


def resolve(account: Account, value: Any) -> Any:
    """A sample with its `Given` names turned into ids; a function is asked to make what is not to be shared."""
    if callable(value):
        return value(account)
    if isinstance(value, Given):
        return account.ids[value.name]
    if isinstance(value, (list, tuple)):
        return [resolve(account, part) for part in value]
    return {key: resolve(account, part) for key, part in value.items()} if isinstance(value, dict) else value


class Subject:
    """One resource under test, driven as the engine would."""

    def __init__(self, provider: AWSProvider, token: str) -> None:
        self.provider = provider
        self.token = token
        self.urn = f"urn:pulumi:s::p::{self.token}::subject"
        self.id = ""
        self.inputs: Properties = {}
        self.outputs: Properties = {}

    def check(self, values: Inputs) -> Properties:
        wrapped = {name: wrap(value) for name, value in values.items()}
        result = self.provider.check(self.urn, self.token, self.inputs, wrapped)
        assert not result.failures, result.failures
        return result.inputs

    def refusals(self, values: Inputs) -> dict[str, str]:
        wrapped = {name: wrap(value) for name, value in values.items()}
        result = self.provider.check(self.urn, self.token, {}, wrapped)
        return {failure.property: failure.reason for failure in result.failures}

    def create(self, values: Inputs) -> CreateResult:
        self.inputs = self.check(values)
        made = self.provider.create(self.urn, self.token, self.inputs, False, 0)
        self.id, self.outputs = made.id, made.properties
        return made

    def diff(self, values: Inputs) -> DiffResult:
        checked = self.check(values)
        return self.provider.diff(self.urn, self.token, self.id, self.inputs, self.outputs, checked, [])

    def changed(self, values: Inputs) -> set[str]:
        """The properties that differ, by their first names."""
        return {path.split("[")[0].split(".")[0] for path in self.diff(values).changes}

    def update(self, values: Inputs) -> None:
        checked = self.check(values)
        self.outputs = self.provider.update(self.urn, self.token, self.id, self.inputs, self.outputs, checked, False, 0)
        self.inputs = checked

    def refresh(self) -> str:
        seen = self.provider.read(self.urn, self.token, self.id, self.inputs, self.outputs)
        self.inputs, self.outputs = seen.inputs, seen.properties
        return seen.id

    def delete(self) -> None:
        self.provider.delete(self.urn, self.token, self.id, self.inputs, self.outputs, 0)

    def seen(self) -> Inputs:
        return plain_map(self.outputs)
