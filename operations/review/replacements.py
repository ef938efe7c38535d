"""Whether a changed property means a new resource: yes and no where facts say so, perhaps where nobody knows.

The facts are those our stand-in providers go by: the official vSphere schema marks what forces a new resource, and for
AWS the declarations do, which the tests hold against the provider's behaviour.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from planning.difference import Kind, PropertyChange
from planning.plan import ResourceOptions


class Replaced(StrEnum):
    """The answer, the strongest first."""

    YES = "yes"
    PERHAPS = "perhaps"
    NO = "no"


@dataclass(frozen=True)
class TypeFacts:
    """What is known of a type's properties."""

    replacing: frozenset[str]
    updating: frozenset[str]

    def says(self, property_name: str) -> Replaced:
        """What a change of one property means."""
        if property_name in self.replacing:
            return Replaced.YES
        return Replaced.NO if property_name in self.updating else Replaced.PERHAPS


@cache
def facts_of(type_: str) -> TypeFacts | None:
    """The facts of a type; None for one nobody wrote down."""
    # Half a second of imports that a review without a change has no use for.
    from twin.aws.provider import PACKAGE as AWS  # noqa: PLC0415
    from twin.vsphere.provider import PACKAGE as VSPHERE  # noqa: PLC0415
    from twin.vsphere.provider import SCHEMA  # noqa: PLC0415

    declared = AWS.types.get(type_) or VSPHERE.types.get(type_)
    schema = SCHEMA.resources.get(type_)
    if declared is None and schema is None:
        return None
    replacing: set[str] = set()
    updating: set[str] = set()
    if schema is not None:
        replacing |= {name for name, facts in schema.inputs.items() if facts.forces_new}
        updating |= {name for name, facts in schema.inputs.items() if not facts.forces_new}
    if declared is not None:
        replacing |= {item.name for item in declared.properties if item.replaces}
        if declared.replacing is None:
            updating |= {item.name for item in declared.properties if not item.replaces}
        else:  # it depends on the values: only who knows the resource's state can tell
            updating -= {item.name for item in declared.properties}
    return TypeFacts(frozenset(replacing), frozenset(updating - replacing))


def property_of(path: str) -> str | None:
    """The input a path of a difference is in: `hosts` of `inputs.hosts[0].name`; None for what is no input."""
    found = re.match(r"inputs(?:\.([A-Za-z_$][\w$]*)|\[\"(.*?)\"\])", path)
    return (found.group(1) or found.group(2)) if found else None


def replacing_properties(
    type_: str, changes: Iterable[PropertyChange], options: ResourceOptions
) -> dict[str, Replaced]:
    """The changed properties that replace a resource, or may."""
    facts = facts_of(type_)
    found: dict[str, Replaced] = {}
    for change in changes:
        name = property_of(change.path)
        if name is None or _named(options.ignore_changes, name):
            continue
        answer = facts.says(name) if facts else Replaced.PERHAPS
        if _named(options.replace_on_changes, name):
            answer = Replaced.YES
        if answer is Replaced.YES and change.kind is Kind.UNKNOWN:
            answer = Replaced.PERHAPS
        if answer is not Replaced.NO and found.get(name) is not Replaced.YES:
            found[name] = answer
    return found


def replaced_by_a_reference(type_: str, properties: Collection[str]) -> dict[str, Replaced]:
    """What a resource's reference to a replaced one comes to: the id in these properties will be another one."""
    facts = facts_of(type_)
    said = {name: facts.says(name) if facts else Replaced.PERHAPS for name in properties}
    return {name: answer for name, answer in said.items() if answer is not Replaced.NO}


def _named(paths: Iterable[str], name: str) -> bool:
    return any(path == "*" or re.split(r"[.\[]", path, maxsplit=1)[0] == name for path in paths)
