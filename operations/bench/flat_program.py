"""A program without us: one planned stack written out as plain resource constructors, to be planned again and timed.

No component, no territory, no loop: every input is a literal, or an output of a resource above it. What it registers
has the types, names and inputs of what the plan was recorded from; `tests/unit/operations/bench` proves it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from graphlib import TopologicalSorter
from importlib import import_module
from keyword import iskeyword
from typing import Any, NamedTuple, cast, get_args, get_origin

from pulumi import _types  # pyright: ignore[reportPrivateUsage]  # what the SDK knows of its classes, under no other name

from planning.default_providers import is_default_provider
from planning.plan import PlannedResource, StackPlan
from planning.stack_references import STACK_REFERENCE
from planning.urns import ROOT_STACK_TYPE
from planning.values import Value, fingerprint_of, is_secret, is_unknown, members

MODULE = "flat_program"
"""What the written module is imported as."""
ENTRY = "program"
"""The function of the written module that registers everything."""

_OPTIONS = ("protect", "delete_before_replace", "ignore_changes", "replace_on_changes", "retain_on_delete")


def flat_program(plan: StackPlan, secrets: Mapping[str, str]) -> str:
    """The module that plans the same managed resources, providers and references as `plan`.

    `secrets` has the value behind each fingerprint; a plan holds none. Raises `ValueError` for what no literal can say.
    """
    return _Writer(plan, secrets).text()


class _Shape(NamedTuple):
    """How a class of the SDK wants its arguments."""

    alias: str
    """What the module calls the class."""
    names: Mapping[str, str]
    """Property to the argument's Python name."""
    types: Mapping[str, type]
    """Property to the argument's type."""


class _Writer:
    def __init__(self, plan: StackPlan, secrets: Mapping[str, str]) -> None:
        self._secrets = secrets
        self._resources = [
            resource
            for resource in plan.resources
            if resource.custom and resource.type != ROOT_STACK_TYPE and not is_default_provider(resource)
        ]
        self._variables = {resource.urn: f"r{index}" for index, resource in enumerate(self._resources)}
        self._references = {
            resource.urn: _path_to_unknown(resource.outputs["outputs"]) or ()
            for resource in self._resources
            if resource.type == STACK_REFERENCE
        }
        self._imports: dict[str, str] = {}
        self._shapes: dict[type, _Shape] = {}

    def text(self) -> str:
        by_urn = {resource.urn: resource for resource in self._resources}
        order = TopologicalSorter({urn: self._before(resource) for urn, resource in by_urn.items()}).static_order()
        lines = [line for urn in order for line in self._lines(by_urn[urn])]
        return "\n".join(
            ["import pulumi", *sorted(self._imports.values()), "", "", f"def {ENTRY}() -> None:", *lines, ""]
        )

    def _before(self, resource: PlannedResource) -> set[str]:
        wanted = {*resource.dependencies, resource.provider_urn or ""}
        return wanted.union(*resource.property_dependencies.values()) & set(self._variables)

    def _lines(self, resource: PlannedResource) -> Iterator[str]:
        variable = self._variables[resource.urn]
        if resource.type == STACK_REFERENCE:
            yield f"    {variable} = pulumi.StackReference({resource.name!r}, {resource.id!r}).outputs"
            return
        inputs = {key: value for key, value in resource.inputs.items() if key not in {"__internal", "version"}}
        if resource.is_provider:
            yield f"    {variable} = {self._provider(resource, inputs)}"
            return
        if resource.external:
            raise ValueError(f"{resource.urn} is read, which has no plain constructor")
        module, name = _class_of(resource.type)
        # The SDK calls a resource's arguments so where a nested type has the other name already.
        arguments = getattr(module, f"{name}InitArgs", None) or getattr(module, f"{name}Args")
        shape = self._shape(getattr(module, name), arguments)
        yield f"    {variable} = {shape.alias}("
        yield f"        {resource.name!r},"
        for key, value in inputs.items():
            # What depends on something else and is known all the same was handed on: wired as it was.
            unknown = _count_unknown(value)
            sources = resource.property_dependencies.get(key, ())
            if unknown and not self.wired(sources):  # asked of the provider, and of nothing else
                sources = (cast("str", resource.provider_urn),)
            wiring = _Wiring(self, sources, unknown)
            known = self._value(value, shape.types.get(key), wiring)
            yield f"        {shape.names[key]}={wiring.around(known)},"
        yield f"        opts={self._options(resource)},"
        yield "    )"

    def _provider(self, resource: PlannedResource, inputs: Mapping[str, Value]) -> str:
        module = import_module(f"pulumi_{resource.type.rpartition(':')[2]}")
        shape = self._shape(module.Provider, module.ProviderArgs)
        arguments: list[str] = []
        for key, value in inputs.items():
            type_ = shape.types.get(key)
            # Whatever is no text travels to a provider as JSON.
            decoded = value if _unwrapped(type_) is str or not isinstance(value, str) else json.loads(value)
            arguments.append(f"{shape.names[key]}={self._value(decoded, type_, _Wiring(self, (), 0))}")
        return f"{shape.alias}({', '.join([repr(resource.name), *arguments])})"

    def _options(self, resource: PlannedResource) -> str:
        options = resource.options
        set_ones = {name: value for name in _OPTIONS if (value := getattr(options, name)) not in (None, ())}
        words = [f"{name}={_plain(value)!r}" for name, value in set_ones.items()]
        if resource.provider_urn in self._variables:
            words.append(f"provider={self._variables[resource.provider_urn]}")
        wired = {urn for urns in resource.property_dependencies.values() for urn in urns}
        first = [self._variables[urn] for urn in resource.dependencies if urn in self._variables and urn not in wired]
        if first:
            words.append(f"depends_on=[{', '.join(first)}]")
        return f"pulumi.ResourceOptions({', '.join(words)})"

    def output(self, urn: str) -> str:
        """An output of a resource above that nobody knows before it exists."""
        variable = self._variables[urn]
        if urn not in self._references:
            return f"{variable}.id"
        path = "".join(f"[{step!r}]" for step in self._references[urn])
        return f"{variable}.apply(lambda outputs: outputs{path})"

    def presence(self, urn: str) -> str:
        """An output of a resource above that is known, and says nothing."""
        variable = self._variables[urn]
        if urn not in self._references:
            return f"{variable}.urn"
        return f"{variable}.apply(lambda _: None, run_with_unknowns=True)"

    def wired(self, urns: Sequence[str]) -> list[str]:
        """Those of these resources that the program has."""
        return [urn for urn in urns if urn in self._variables]

    def _value(self, value: Value, type_: Any, wiring: _Wiring) -> str:
        if is_unknown(value):
            return wiring.next()
        if is_secret(value):
            fingerprint = fingerprint_of(value)
            if fingerprint is None:
                return f"pulumi.Output.secret({wiring.next()})"
            return f"pulumi.Output.secret({self._secrets[fingerprint]!r})"
        if isinstance(value, list):
            inner = _element(type_)
            return f"[{', '.join(self._value(item, inner, wiring) for item in cast('list[Value]', value))}]"
        return self._map(cast("dict[str, Value]", value), type_, wiring) if isinstance(value, dict) else repr(value)

    def _map(self, value: dict[str, Value], type_: Any, wiring: _Wiring) -> str:
        entries = members(value)
        if entries is None:
            raise ValueError(f"a value of kind {next(iter(value))} has no literal")
        cls = _unwrapped(type_)
        if isinstance(cls, type) and _types.is_input_type(cls):
            shape = self._shape(cls, cls)
            arguments = (f"{shape.names[k]}={self._value(v, shape.types.get(k), wiring)}" for k, v in entries.items())
            return f"{shape.alias}({', '.join(arguments)})"
        inner = _element(type_)
        return "{" + ", ".join(f"{k!r}: {self._value(v, inner, wiring)}" for k, v in entries.items()) + "}"

    def _shape(self, cls: type, arguments: type) -> _Shape:
        if cls not in self._shapes:
            module = cls.__module__.removesuffix("._inputs")
            if cls is not arguments:
                module = module.rpartition(".")[0]
            alias = f"{module.replace('.', '_')}_{cls.__name__}"
            self._imports[alias] = f"from {module} import {cls.__name__} as {alias}"
            python = _types.input_type_py_to_pulumi_names(arguments)
            names = {pulumi_name: name for name, pulumi_name in python.items()}
            self._shapes[cls] = _Shape(alias, names, _types.input_type_types(arguments))
        return self._shapes[cls]


class _Wiring:
    """Deals one input's dependencies out to the unknown values inside it, in order, each at least once."""

    def __init__(self, writer: _Writer, urns: Sequence[str], unknown: int) -> None:
        self._outputs = [writer.output(urn) for urn in writer.wired(urns)]
        self._presences = [writer.presence(urn) for urn in writer.wired(urns)]
        self._left = unknown
        self._dealt = 0

    def next(self) -> str:
        """The expression of the next unknown value."""
        if not self._outputs:
            raise ValueError("a value is not known and depends on nothing")
        self._left -= 1
        self._dealt += 1
        if self._left == 0 and len(self._outputs) > self._dealt:
            rest = self._outputs[self._dealt - 1 :]
            self._dealt = len(self._outputs)
            return f"pulumi.Output.all({', '.join(rest)}).apply(lambda found: found[0])"
        return self._outputs[(self._dealt - 1) % len(self._outputs)]

    def around(self, literal: str) -> str:
        """A value that is known, made to wait for what it was taken from."""
        if self._dealt or not self._outputs:
            return literal
        return f"pulumi.Output.all({', '.join(self._presences)}).apply(lambda _: {literal})"


def _plain(option: object) -> object:
    return list(cast("tuple[object, ...]", option)) if isinstance(option, tuple) else option


def _count_unknown(value: Value) -> int:
    if is_unknown(value) or (is_secret(value) and fingerprint_of(value) is None):
        return 1
    if isinstance(value, list):
        return sum(_count_unknown(item) for item in cast("list[Value]", value))
    return sum(_count_unknown(item) for item in (members(value) or {}).values())


def _path_to_unknown(value: Value) -> tuple[str, ...] | None:
    """Where in another stack's outputs the first one stands that is not known yet."""
    if is_unknown(value):
        return ()
    for key, inner in (members(value) or {}).items():
        if (path := _path_to_unknown(inner)) is not None:
            return (key, *path)
    return None


def _class_of(token: str) -> tuple[Any, str]:
    """The SDK's module and class of a type. Example: `pulumi_aws.ec2` and `Vpc` of `aws:ec2/vpc:Vpc`."""
    package, place, name = token.split(":")
    module = place.partition("/")[0]
    path = f"pulumi_{package}" + ("" if module == "index" else f".{module}{'_' if iskeyword(module) else ''}")
    return import_module(path), name


def _unwrapped(type_: Any) -> Any:
    before = None
    while type_ is not before:
        before, type_ = type_, _types.unwrap_type(type_)
    return type_


def _element(type_: Any) -> Any:
    """What a list or a map of this type holds."""
    inner = _unwrapped(type_)
    return get_args(inner)[-1] if get_origin(inner) is not None and get_args(inner) else None
