"""Stacks as one Terraform plan: what Checkov reads instead of Pulumi."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Final

from planning.plan import PlannedResource, StackPlan
from policies.terraform.conversion import Converted, convert
from policies.terraform.names import TerraformType, terraform_type

TERRAFORM_VERSION: Final = "1.9.8"
_UNFIT: Final = re.compile(r"[^A-Za-z0-9_]")
_LONGEST: Final = 60


@dataclass(frozen=True)
class Sent:
    """One resource that is part of the plan."""

    stack: str
    resource: PlannedResource
    type: TerraformType
    loose: frozenset[str] = frozenset()
    """Fields whose value, where it is unknown, may come from anywhere: no resource of the stack is behind it."""


@dataclass(frozen=True)
class TerraformPlan:
    """What Checkov reads, and what is needed to understand its answers."""

    converted: Mapping[str, Converted]
    """Address to what Terraform would say of it."""
    sent: Mapping[str, Sent]
    """Address to the resource behind it."""
    unknown: Mapping[str, Mapping[str, bool]]
    """Address to the fields that are unknown or secret; True where one refers to a resource of the plan."""
    neighbours: Mapping[str, Sequence[str]]
    """Address to those it refers to, or that refer to it."""
    unmapped: tuple[str, ...]
    """Types that were left out, sorted."""

    @property
    def loose(self) -> Mapping[str, Mapping[str, str]]:
        """Stack to type to a field that may refer to anything: unknown, and nobody knows what it comes from."""
        found: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for address, fields in self.unknown.items():
            item = self.sent[address]
            for path, refers in fields.items():
                if not refers and path in item.loose:
                    found[item.stack].setdefault(item.type.name, f"{address}: {path}")
        return found

    def only(self, addresses: Set[str]) -> TerraformPlan:
        """The part of it that is about these resources."""
        converted = {address: it for address, it in self.converted.items() if address in addresses}
        return _plan({address: self.sent[address] for address in converted}, converted, self.neighbours, ())

    def to_json(self) -> str:
        """Indented: Checkov quotes whole lines in its results."""
        return json.dumps(_document(self.converted), indent=1)


def terraform_plan(stacks: Sequence[StackPlan]) -> TerraformPlan:
    """Translate every managed resource whose type Checkov knows."""
    sent: dict[str, Sent] = {}
    addresses: dict[tuple[str, str], str] = {}
    unmapped: set[str] = set()
    for stack in stacks:
        for resource in stack.deployable:
            type_ = terraform_type(resource.type)
            if type_ is None:
                unmapped.add(resource.type)
                continue
            address = f"{type_.name}.r{len(sent)}_{_UNFIT.sub('_', resource.name)[:_LONGEST]}"
            sent[address] = Sent(stack.name, resource, type_, _loose(stack, resource, type_))
            addresses[stack.name, resource.urn] = address
    neighbours: defaultdict[str, set[str]] = defaultdict(set)
    converted: dict[str, Converted] = {}
    for address, item in sent.items():
        references = {
            name: [addresses[item.stack, urn] for urn in urns if (item.stack, urn) in addresses]
            for name, urns in item.resource.property_dependencies.items()
        }
        for others in references.values():
            for other in others:
                neighbours[address].add(other)
                neighbours[other].add(address)
        converted[address] = convert(item.resource.inputs, item.type.names, references)
    listed = {address: sorted(others) for address, others in neighbours.items()}
    return _plan(sent, converted, listed, tuple(sorted(unmapped)))


def _loose(stack: StackPlan, resource: PlannedResource, type_: TerraformType) -> frozenset[str]:
    found: set[str] = set()
    for name in resource.inputs:
        urns = resource.property_dependencies.get(name, ())
        known = [urn for urn in urns if urn in stack.by_urn and stack.by_urn[urn].is_deployable]
        field = type_.names.field(name)
        if field is not None and (not urns or len(known) < len(urns)):
            found.add(field.name)
    return frozenset(found)


def _plan(
    sent: Mapping[str, Sent],
    converted: Mapping[str, Converted],
    neighbours: Mapping[str, Sequence[str]],
    unmapped: tuple[str, ...],
) -> TerraformPlan:
    return TerraformPlan(
        converted=converted,
        sent=sent,
        unknown={address: item.unknown for address, item in converted.items() if item.unknown},
        neighbours={address: neighbours[address] for address in converted if address in neighbours},
        unmapped=unmapped,
    )


def _document(converted: Mapping[str, Converted]) -> dict[str, Any]:
    return {
        "format_version": "1.2",
        "terraform_version": TERRAFORM_VERSION,
        "planned_values": {
            "root_module": {"resources": [{**_head(address), "values": it.values} for address, it in converted.items()]}
        },
        "resource_changes": [
            {
                **_head(address),
                "change": {"actions": ["create"], "before": None, "after": {}, "after_unknown": it.after_unknown},
            }
            for address, it in converted.items()
            if it.after_unknown
        ],
        "configuration": {
            "root_module": {
                "resources": [
                    {**_head(address), "expressions": it.expressions}
                    for address, it in converted.items()
                    if it.expressions
                ]
            }
        },
    }


def _head(address: str) -> dict[str, str]:
    type_, _, name = address.partition(".")
    return {"address": address, "mode": "managed", "type": type_, "name": name}
