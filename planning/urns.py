"""URNs exactly as the engine builds them.

`urn:pulumi:<stack>::<project>::<type of each ancestor, outermost first>$<type>::<name>`; the root stack's type is left
out of the chain, and a name may hold anything, `::` included.
"""

from __future__ import annotations

from typing import NamedTuple

ROOT_STACK_TYPE = "pulumi:pulumi:Stack"
_PREFIX = "urn:pulumi:"


class Urn(NamedTuple):
    """A URN taken apart; `str()` puts it together again."""

    stack: str
    project: str
    qualified_type: str
    """The types of its ancestors and its own, joined by `$`."""
    name: str

    @property
    def type(self) -> str:
        """The resource's own type token."""
        return self.qualified_type.rpartition("$")[2]

    def __str__(self) -> str:
        return f"{_PREFIX}{self.stack}::{self.project}::{self.qualified_type}::{self.name}"


def parse_urn(text: str) -> Urn:
    """Take a URN apart; `ValueError` in the engine's words when it is none."""
    if not text:
        raise ValueError("missing required URN")
    parts = text.removeprefix(_PREFIX).split("::", 3)
    if not text.startswith(_PREFIX) or len(parts) != 4:
        raise ValueError(f'invalid URN "{text}"')
    return Urn(*parts)


def make_urn(stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """Build the URN of a resource under `parent` (a URN, or empty when it has none)."""
    qualified = type_
    if parent:
        ancestors = parse_urn(parent).qualified_type
        if ancestors != ROOT_STACK_TYPE:
            qualified = f"{ancestors}${type_}"
    return str(Urn(stack, project, qualified, name))


def alias_urn(
    spec_parent: str, no_parent: bool, own_parent: str, stack: str, project: str, type_: str, name: str
) -> str:
    """Build the former URN an alias stands for; what the alias leaves open is already filled in by the caller."""
    parent = "" if no_parent else (spec_parent or own_parent)
    if parent and parse_urn(parent).qualified_type == ROOT_STACK_TYPE:
        parent = ""
    if not parent:
        return str(Urn(stack, project, type_, name))
    # The alias of a child keeps its parent's stack and project, whatever it says of its own: so does the engine.
    return f"{parent.rpartition('::')[0]}${type_}::{name}"


def type_package(token: str) -> str:
    """The package of a type or function token: `vsphere` of `vsphere:index/datacenter:Datacenter`."""
    return token.partition(":")[0]


def is_provider_type(token: str) -> bool:
    """Whether a resource of this type is itself a provider."""
    return token.startswith("pulumi:providers:")
