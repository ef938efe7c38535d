"""What both sides of the bench are asked, and whether they answer it alike.

They have to agree on the plan that is timed, on every resource the rules' cases know, and on each of these with one
value at a time taken away, made unknown, made secret or, where it is a truth, turned round.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

import yaml

from operations.errors import AnswerNo
from operations.paths import CHECKOUT
from planning.plan import PlannedResource, StackPlan
from planning.urns import make_urn
from planning.values import UNKNOWN, Value
from policies.catalogue import rule_by_id
from policies.judge import answers_of, views
from policies.rule import ResourceRule

RULES: Final = (
    "CRYPTO-005",
    "IAM-001",
    "NET-001",
    "NET-006",
    "VSPHERE-001",
    "VSPHERE-003",
    "VSPHERE-006",
    "VSPHERE-014",
    "VSPHERE-020",
    "VSPHERE-021",
)
"""One of each kind of question: a truth, several, a reference, a list, a list of maps, a map, addresses, a document."""

Answers = Mapping[str, str]
"""Of one resource: rule to answer."""

_CASES: Final = CHECKOUT / "tests" / "policy" / "cases"
_OF_EACH_TYPE: Final = 3
"""Resources of the plan of which variants are made; more of the same type differ in names alone."""
_SHOWN: Final = 3


def ten_rules() -> tuple[ResourceRule, ...]:
    """The rules that both sides hold."""
    return tuple(rule for id_ in RULES if isinstance(rule := rule_by_id(id_), ResourceRule))


def asked_about(stacks: Iterable[StackPlan]) -> list[PlannedResource]:
    """The resources of a plan that one of the rules is about."""
    types = {type_ for rule in ten_rules() for type_ in rule.types}
    return [each for stack in stacks for each in stack.resources if each.type in types and not each.external]


def for_rego(resources: Iterable[PlannedResource]) -> list[dict[str, object]]:
    """What Rego policies get to see of resources: what rules read."""
    return [{"urn": each.urn, "type": each.type, "name": each.name, "inputs": each.inputs} for each in resources]


def our_answers(resources: Sequence[PlannedResource]) -> list[Answers]:
    """What our rules say of each resource."""
    found: dict[str, dict[str, str]] = {resource.urn: {} for resource in resources}
    plan = StackPlan(name="bench", layer="bench", resources=tuple(resources))
    for judged in answers_of(ten_rules(), views([plan]), None):
        found[judged.subject][judged.rule.id] = str(judged.answer)
    return [found[resource.urn] for resource in resources]


def agreed(resources: Sequence[PlannedResource], ours: Sequence[Answers], theirs: Sequence[Answers]) -> int:
    """How many answers both sides gave. Raises `AnswerNo` naming some where they differ: then no figure means much."""
    apart = [
        f"{resource.type} {json.dumps(resource.inputs)[:300]}\n    ours {dict(our)}\n    Rego {dict(their)}"
        for resource, our, their in zip(resources, ours, theirs, strict=True)
        if our != their
    ]
    if apart:
        raise AnswerNo(
            f"{len(apart)} of {len(resources)} resources get other answers from the Rego policies:\n  "
            + "\n  ".join(apart[:_SHOWN])
        )
    return sum(map(len, ours))


def variants(resources: Iterable[PlannedResource]) -> list[PlannedResource]:
    """What the answers are compared on beside the plan itself."""
    by_type: defaultdict[str, list[tuple[str, Mapping[str, Value]]]] = defaultdict(list)
    for resource in resources:
        if len(by_type[resource.type]) < _OF_EACH_TYPE:
            by_type[resource.type].append((resource.type, resource.inputs))
    known = [*(each for some in by_type.values() for each in some), *_of_cases()]
    return [
        PlannedResource(
            urn=make_urn("bench", "metropole", "", type_, f"variant-{number}"),
            type=type_,
            name=f"variant-{number}",
            custom=True,
            inputs=inputs,
        )
        for number, (type_, inputs) in enumerate(
            (type_, cast("dict[str, Value]", changed)) for type_, inputs in known for changed in _changed(dict(inputs))
        )
    ]


def _of_cases() -> Iterator[tuple[str, Mapping[str, Value]]]:
    types = {type_ for rule in ten_rules() for type_ in rule.types}
    for id_ in RULES:
        file = _CASES / f"{id_.lower().replace('-', '_')}.yaml"
        for case in yaml.safe_load(file.read_text(encoding="utf-8")):
            for resource in case["resources"]:
                if resource["type"] in types:
                    yield resource["type"], resource.get("inputs", {})


def _changed(value: Value, *, whole: bool = True) -> Iterator[Value]:
    """The value itself, and with one thing inside changed."""
    yield value
    if not whole:
        yield UNKNOWN
        yield {"$secret": None}
        yield None
        if isinstance(value, bool):
            yield not value
    if isinstance(value, dict):
        entries = cast("dict[str, Any]", value)
        for key, inner in entries.items():
            if not key.startswith("$"):
                yield from ({**entries, key: changed} for changed in _changed(inner, whole=False))
    elif isinstance(value, list):
        items = cast("list[Any]", value)
        for index, inner in enumerate(items):
            yield from ([*items[:index], changed, *items[index + 1 :]] for changed in _changed(inner, whole=False))
