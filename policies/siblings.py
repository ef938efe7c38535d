"""Which guests of a stack do the same work, by how they are called: `router-1` and `router-2`, `web-a` and `web-b`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from policies.resource_types import VSPHERE_VIRTUAL_MACHINE
from policies.subjects import Resource, Stack

_ORDINAL: Final = re.compile(r"(?<!\d)\d{1,2}(?!\d)|(?<![a-z\d])[a-z](?![a-z\d])", re.IGNORECASE)
"""A number of one or two digits, or a letter by itself; longer numbers are codes of places and things."""


def siblings(machine: Resource, stack: Stack) -> list[Resource]:
    """The other guests of the same vCenter and pool whose names differ from this one's in one ordinal alone."""
    patterns = set(_patterns(machine.name))
    return [
        other
        for other in stack.of(VSPHERE_VIRTUAL_MACHINE)
        if other.name != machine.name
        and other.planned.provider_urn == machine.planned.provider_urn
        and not patterns.isdisjoint(_patterns(other.name))
        and _same_pool(machine, other)
    ]


def _patterns(name: str) -> Iterator[str]:
    for found in _ORDINAL.finditer(name):
        yield f"{name[: found.start()]}#{name[found.end() :]}"


def _same_pool(one: Resource, other: Resource) -> bool:
    """By what the pools' ids come from, which every door knows; ids that come from no resource are text."""
    origin, other_origin = (
        set(machine.planned.property_dependencies.get("resourcePoolId", ())) for machine in (one, other)
    )
    if origin or other_origin:
        return origin == other_origin
    return one["resourcePoolId"].text() == other["resourcePoolId"].text()
