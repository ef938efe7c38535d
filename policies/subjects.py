"""What rules judge: resources as a plan, a preview or the engine knows them, their stack, and the whole territory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cached_property

from planning.plan import PlannedResource, ResourceOptions, Source, StackPlan
from planning.values import Value
from policies.values import Node
from territory.model import Territory

PRODUCTION = "production"
EPHEMERAL = "ephemeral"


class Operation(StrEnum):
    """What is about to happen to a resource, where a door knows it."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    SAME = "same"


class Resource:
    """One resource of a stack. What it was declared with is read through `resource["property"]`."""

    __slots__ = ("_planned", "inputs", "operation", "stack")

    def __init__(
        self,
        planned: PlannedResource,
        stack: Stack,
        operation: Operation | None = None,
        inputs: Mapping[str, Value] | None = None,
    ) -> None:
        self._planned = planned
        self.stack = stack
        self.operation = operation
        """None where nobody compared with what is deployed: the offline plan does not know."""
        self.inputs = Node(dict(planned.inputs if inputs is None else inputs))

    def __repr__(self) -> str:
        return f"Resource({self.urn})"

    def __getitem__(self, property_name: str) -> Node:
        return self.inputs[property_name]

    @property
    def urn(self) -> str:
        """The engine's own."""
        return self._planned.urn

    @property
    def type(self) -> str:
        """Its type token."""
        return self._planned.type

    @property
    def name(self) -> str:
        """Its logical name."""
        return self._planned.name

    @property
    def options(self) -> ResourceOptions:
        """The options it was registered with."""
        return self._planned.options

    @property
    def source(self) -> Source | None:
        """Where the program asked for it."""
        return self._planned.source

    @property
    def planned(self) -> PlannedResource:
        """The record behind it: parents, provider, dependencies."""
        return self._planned

    @property
    def environment(self) -> str | None:
        """`production`, `rehearsal`, `ephemeral`; None where the stack does not say."""
        return self.stack.environment

    @property
    def in_production(self) -> bool:
        """Whether what is lost here is lost for good. A stack that does not say is judged as one in production."""
        return self.environment in (PRODUCTION, None)


class Stack:
    """One stack's resources, and who refers to whom among them."""

    def __init__(
        self,
        plan: StackPlan,
        operations: Mapping[str, Operation] | None = None,
        inputs: Mapping[str, Mapping[str, Value]] | None = None,
    ) -> None:
        operations, inputs = operations or {}, inputs or {}
        self.name = plan.name
        self.layer = plan.layer
        self.part = plan.part
        self.environment = plan.environment
        self.plan = plan
        self.resources = tuple(
            Resource(planned, self, operations.get(planned.urn), inputs.get(planned.urn)) for planned in plan.resources
        )

    @cached_property
    def by_urn(self) -> Mapping[str, Resource]:
        """URN to resource."""
        return {resource.urn: resource for resource in self.resources}

    @cached_property
    def _by_type(self) -> Mapping[str, list[Resource]]:
        found: defaultdict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources:
            found[resource.type].append(resource)
        return found

    @cached_property
    def _pointers(self) -> Mapping[tuple[str, str, str], list[Resource]]:
        found: defaultdict[tuple[str, str, str], list[Resource]] = defaultdict(list)
        for resource in self.resources:
            for property_name, urns in resource.planned.property_dependencies.items():
                for urn in urns:
                    found[urn, resource.type, property_name].append(resource)
        return found

    def of(self, *types: str) -> list[Resource]:
        """The resources of these types that the stack manages."""
        return [
            resource for type_ in types for resource in self._by_type.get(type_, ()) if not resource.planned.external
        ]

    def targets(self, resource: Resource, property_name: str) -> list[Resource]:
        """The resources of this stack that a property's value came from, as the engine keeps book of it."""
        urns = resource.planned.property_dependencies.get(property_name, ())
        return [self.by_urn[urn] for urn in urns if urn in self.by_urn]

    def pointing_at(
        self, target: Resource, type_: str, property_name: str, *, name: str | None = None
    ) -> list[Resource]:
        """The resources of a type whose property came from `target`, or names it by what its property `name` says.

        Raises `NotKnown` where one of the two texts is not known, and comes from no resource either.
        Example: `pointing_at(bucket, PUBLIC_ACCESS_BLOCK, "bucket", name="bucket")`.
        """
        found = list(self._pointers.get((target.urn, type_, property_name), ()))
        if name is not None:
            # What comes from another resource of the target's type names that one.
            others = [
                other
                for other in self.of(type_)
                if all(source.type != target.type for source in self.targets(other, property_name))
            ]
            if others and target[name].exists:
                literal = target[name].text()
                found += [other for other in others if other[property_name].text() == literal]
        return found


class Platform:
    """Every stack of a territory, and what the territory declares."""

    def __init__(self, territory: Territory, stacks: tuple[Stack, ...]) -> None:
        self.territory = territory
        self.stacks = stacks

    def __iter__(self) -> Iterator[Resource]:
        for stack in self.stacks:
            yield from stack.resources

    @property
    def shares_its_account(self) -> bool:
        """Whether it lives in an account that another territory manages, as every ephemeral one does."""
        return all(stack.environment == EPHEMERAL for stack in self.stacks)

    def of(self, *types: str) -> list[Resource]:
        """The resources of these types that any stack manages."""
        return [resource for stack in self.stacks for resource in stack.of(*types)]

    def layer(self, name: str) -> list[Stack]:
        """The stacks of a layer."""
        return [stack for stack in self.stacks if stack.layer == name]
