"""The provider every stand-in is: declarations in, engine operations out."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pulumi.provider.experimental.property_value import PropertyValue

from providers.logic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    PartialFailure,
    Properties,
    ProviderError,
    ProviderLogic,
    ReadResult,
)
from twin.framework.check import check_inputs, fill_defaults, without_marks
from twin.framework.deadline import Deadline
from twin.framework.declaration import Call, Changes, Found, Inputs, Kept, Package, ResourceType, World
from twin.framework.diff import changed_names, diff_resource
from twin.framework.missing import MissingError
from twin.framework.schema import ResourceFacts, SchemaFacts
from twin.framework.source import check_arguments
from twin.framework.state import broken_promises, imported_inputs, previewed, refreshed_inputs, world_properties
from twin.framework.values import Plain, mark_secrets, plain_map

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class _Known(Generic[World]):
    """A type that is both in the official schema and declared here."""

    declared: ResourceType[World]
    facts: ResourceFacts

    @property
    def secrets(self) -> frozenset[str]:
        return self.facts.secret_outputs | {name for name, fact in self.facts.inputs.items() if fact.secret}


class DeclaredProvider(ProviderLogic, Generic[World]):
    """A provider whose types are declarations. Subclasses configure it and open the world."""

    def __init__(self, package: Package[World], schema: SchemaFacts) -> None:
        self._package = package
        self._schema = schema
        self._cancelled = threading.Event()

    @abstractmethod
    def world(self) -> World:
        """The world that calls are made on. Raises `ProviderError` when the configuration is not known yet."""

    @abstractmethod
    def explain(self, error: Exception) -> ProviderError | None:
        """The error of the world's own client, in words for the user; None for a mistake of ours."""

    def check(self, urn: str, type_: str, olds: Properties, news: Properties) -> CheckResult:
        """Refuse what the official provider would refuse, and by name what the twin does not exercise."""
        try:
            known = self._type(type_)
        except ProviderError as error:
            return CheckResult(news, (CheckFailure("", str(error)),))
        filled = fill_defaults(known.declared, urn, plain_map(olds), plain_map(news))
        failures = tuple(check_inputs(known.declared, known.facts, self._schema, filled))
        return CheckResult(mark_secrets(filled, news, known.secrets), failures)

    def diff(
        self,
        urn: str,
        type_: str,
        id_: str,
        old_inputs: Properties,
        old_outputs: Properties,
        new_inputs: Properties,
        ignore_changes: Sequence[str],
    ) -> DiffResult:
        """Compare the checked inputs with what the world was last seen to hold."""
        known = self._type(type_)
        return diff_resource(known.declared, known.facts, plain_map(old_outputs), plain_map(new_inputs), ignore_changes)

    def create(self, urn: str, type_: str, inputs: Properties, preview: bool, timeout: float) -> CreateResult:
        """Make the resource and return what the world kept of it."""
        known = self._type(type_)
        asked = without_marks(plain_map(inputs))
        if preview:
            return CreateResult("", self._marked(known, previewed(known.declared, asked), inputs))
        call = self._call(known.declared, timeout)
        id_ = self._guard(lambda: known.declared.create(call, asked))
        return CreateResult(id_, self._finish(known, call, id_, inputs, known.declared.settle))

    def _finish(
        self,
        known: _Known[World],
        call: Call[World],
        id_: str,
        inputs: Properties,
        step: Callable[[Call[World], str, Inputs], None] | None,
    ) -> dict[str, PropertyValue]:
        """Run a step on an object that exists, read it back, report what was not kept; never lose the object."""
        asked = without_marks(plain_map(inputs))
        reasons: list[str] = []
        outputs: dict[str, Plain] = {}
        try:
            if step is not None:
                self._guard(lambda: step(call, id_, asked))
        except ProviderError as error:
            reasons.append(str(error))
        try:
            record = self._guard(lambda: known.declared.read(call, id_, asked))
            if record is None:
                raise ProviderError(f"{id_} was gone again right after it was written")
            outputs = world_properties(known.declared, record, asked)
        except ProviderError as error:
            reasons.append(str(error))
        else:
            if not reasons:
                reasons += broken_promises(known.declared, asked, outputs, known.secrets)
        properties = self._marked(known, outputs, inputs)
        if reasons:
            raise PartialFailure(id_, properties, inputs, reasons)
        return properties

    def read(self, urn: str, type_: str, id_: str, inputs: Properties, properties: Properties) -> ReadResult:
        """Say what the world has now; without state, take the id for what an import names."""
        known = self._type(type_)
        call = self._call(known.declared, 0)
        state = without_marks({**plain_map(inputs), **plain_map(properties)})
        if not state:
            return self._import(known, call, id_)
        record = self._guard(lambda: known.declared.read(call, id_, state))
        if record is None:
            return ReadResult("", {}, {})
        outputs = world_properties(known.declared, record, state)
        fresh = refreshed_inputs(known.declared, plain_map(inputs), outputs)
        return ReadResult(id_, mark_secrets(fresh, inputs, known.secrets), self._marked(known, outputs, inputs))

    def _import(self, known: _Known[World], call: Call[World], id_: str) -> ReadResult:
        found = self._guard(lambda: known.declared.locate(call, id_)) or Found(id_)
        state = {**_instructions(known.declared), **found.known}
        record = self._guard(lambda: known.declared.read(call, found.id, state))
        if record is None:
            return ReadResult("", {}, {})
        outputs = world_properties(known.declared, record, state)
        inputs = imported_inputs(known.declared, outputs)
        return ReadResult(found.id, mark_secrets(inputs, {}, known.secrets), self._marked(known, outputs, {}))

    def update(
        self,
        urn: str,
        type_: str,
        id_: str,
        old_inputs: Properties,
        old_outputs: Properties,
        new_inputs: Properties,
        preview: bool,
        timeout: float,
    ) -> Properties:
        """Send only what differs, and return what the world kept."""
        known = self._type(type_)
        old, new = without_marks(plain_map(old_outputs)), without_marks(plain_map(new_inputs))
        if preview:
            return self._marked(known, previewed(known.declared, new, old), new_inputs)
        changes = Changes(old, new, changed_names(known.declared, old, new))
        call = self._call(known.declared, timeout)

        def step(on: Call[World], target: str, _: Inputs) -> None:
            known.declared.update(on, target, changes)

        return self._finish(known, call, id_, new_inputs, step)

    def delete(self, urn: str, type_: str, id_: str, inputs: Properties, outputs: Properties, timeout: float) -> None:
        """Remove the resource, or be content that it is gone."""
        known = self._type(type_)
        call = self._call(known.declared, timeout)
        state = without_marks({**plain_map(inputs), **plain_map(outputs)})
        self._guard(lambda: known.declared.delete(call, id_, state))

    def invoke(self, token: str, args: Properties) -> tuple[Properties, tuple[CheckFailure, ...]]:
        """Run a data source."""
        given = plain_map(args)
        source = self._package.sources.get(token)
        failures = tuple(check_arguments(token, source, self._schema, given))
        if source is None or failures:
            return {}, failures
        call = Call(self.world(), Deadline.after(300.0, self._cancelled))
        found = self._guard(lambda: source.run(call, given))
        return mark_secrets(found, {}, frozenset()), ()

    def identify(self, type_: str, inputs: Properties) -> str | None:
        """The id of the object that a create with these inputs would have left in the world, if it is there."""
        declared = self._type(type_).declared
        if declared.identify is None:
            raise ProviderError(f"{type_} cannot be found by its inputs alone")
        find, call = declared.identify, self._call(declared, 0)
        try:
            return self._guard(lambda: find(call, without_marks(plain_map(inputs))))
        except MissingError:
            return None

    def identifiable_types(self) -> frozenset[str]:
        """The types that `identify` knows how to find."""
        return frozenset(token for token, item in self._package.types.items() if item.identify is not None)

    def cancel(self) -> None:
        """End every operation under way, and refuse later ones."""
        self._cancelled.set()

    def _type(self, token: str) -> _Known[World]:
        facts = self._schema.resources.get(token)
        declared = self._package.types.get(token)
        if facts is None and token not in self._schema.other_resources:
            raise ProviderError(f"the {self.name} package has no resource type {token}")
        if facts is None or declared is None:
            raise ProviderError(f"{token} is an official resource type, but the twin does not exercise it")
        return _Known(declared, facts)

    def _call(self, declared: ResourceType[World], timeout: float) -> Call[World]:
        deadline = Deadline.after(timeout or declared.timeout, self._cancelled)
        deadline.check("starting")
        return Call(self.world(), deadline)

    def _marked(
        self, known: _Known[World], outputs: Mapping[str, Plain], inputs: Properties
    ) -> dict[str, PropertyValue]:
        return mark_secrets(without_marks(dict(outputs)), inputs, known.secrets)

    def _guard(self, action: Callable[[], _Result]) -> _Result:
        """Run an action on the world; its client's errors become sentences."""
        try:
            return action()
        except ProviderError:
            raise
        except Exception as error:
            explained = self.explain(error)
            if explained is None:
                raise
            raise explained from error


def _instructions(declared: ResourceType[Any]) -> dict[str, Plain]:
    """What an imported resource is assumed to ask of the provider: the defaults."""
    return {
        item.name: item.default for item in declared.properties if item.kept is Kept.STATE and item.default is not None
    }
