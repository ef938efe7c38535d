"""Knowing more turns an undetermined answer into another one, and nothing else: asked of every rule.

Each rule is asked about its own cases once as they are, and again with a few values hidden: what it says then has to be
what it said before, or that it cannot say.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final, cast
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.plan import PlannedResource
from planning.values import UNKNOWN, Value, members
from policies.answers import Answer
from policies.catalogue import all_rules, rule_by_id
from policies.judge import Judged, answers_of, ask
from policies.rule import ResourceRule, StackRule, TerritoryRule
from policies.subjects import Stack
from policies.values import Node
from territory.model import Territory

from .cases import cases_of
from .territory_cases import territory_cases_of

EXAMPLES: Final = 15
"""A rule: each takes one of its cases and hides a few values of it."""

Way = tuple[str | int, ...]
Place = tuple[str, Way]
"""The URN of a resource, and the way to a value inside its inputs."""


@dataclass(frozen=True)
class Question:
    """A rule and what it is asked about."""

    name: str
    stacks: tuple[Stack, ...]
    put: Callable[[tuple[Stack, ...]], Judged]
    changed: frozenset[str] = frozenset()
    """The names of the resources in which a whole territory differs from the sandbox."""


@dataclass(frozen=True)
class Baseline:
    """What a rule says as long as nothing is hidden, and what it read on its way."""

    answer: Answer
    places: tuple[tuple[Place, ...], ...]
    """Values that can be hidden: read in what the case is about, read elsewhere, and all there are."""


@pytest.mark.parametrize("rule_id", [rule.id for rule in all_rules()])
def test_an_answer_only_ever_becomes_known(rule_id: str) -> None:
    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None)
    @given(st.integers(0, 2**32))
    def with_less_known(seed: int) -> None:
        chance = random.Random(seed)
        number = chance.randrange(len(_questions(rule_id)))
        question, before = _questions(rule_id)[number], _baseline(rule_id, number)
        if not any(before.places):
            return  # a case in which nothing is said has nothing to hide
        hidden = {_choice(chance, before) for _ in range(chance.randint(1, 3))}
        after = question.put(tuple(_hiding(stack, hidden) for stack in question.stacks))
        assert after.answer in (Answer.UNDETERMINED, before.answer), (question.name, sorted(map(str, hidden)))
        assert not any(finding.crashed for finding in after.findings), (question.name, after.findings)

    with_less_known()


def _choice(chance: random.Random, before: Baseline) -> Place:
    # What a rule does not read cannot matter to it: most of a plan would be tried in vain.
    wanted = chance.choices(before.places, weights=(6, 3, 1))[0]
    return chance.choice(wanted or before.places[-1])


@cache
def _questions(rule_id: str) -> tuple[Question, ...]:
    rule = rule_by_id(rule_id)
    if isinstance(rule, TerritoryRule):
        cases = territory_cases_of(rule_id)
        return tuple(
            Question(
                case.name,
                case.stacks(),
                partial(_of_all, rule, case.territory()),
                frozenset(change.copy_as or change.name for change in case.change),
            )
            for case in cases
        )
    subjects = [(case.name, case.subject()) for case in cases_of(rule_id)]
    return tuple(Question(name, (subject.stack,), partial(_of_one, rule, subject.urn)) for name, subject in subjects)


def _of_all(rule: TerritoryRule, territory: Territory, stacks: tuple[Stack, ...]) -> Judged:
    return next(iter(answers_of([rule], stacks, territory)))


def _of_one(rule: ResourceRule | StackRule, urn: str, stacks: tuple[Stack, ...]) -> Judged:
    return ask(rule, stacks[0].by_urn[urn])


@cache
def _baseline(rule_id: str, number: int) -> Baseline:
    question = _questions(rule_id)[number]
    paths: set[str] = set()
    opened: Callable[[Node], Any] = Node.__dict__["_opened"]

    def recording(node: Node) -> Any:
        paths.add(node.path)
        return opened(node)

    with mock.patch.object(Node, "_opened", recording):
        answer = question.put(question.stacks).answer
    everything = [(resource.name, place) for stack in question.stacks for resource, place in _places(stack)]
    read = [(name, place) for name, place in everything if _path(place[1]) in paths]
    near = [place for name, place in read if name in question.changed]
    return Baseline(answer, (tuple(near), tuple(place for _, place in read), tuple(place for _, place in everything)))


def _places(stack: Stack) -> Iterator[tuple[PlannedResource, Place]]:
    for resource in stack.plan.resources:
        for way in _ways(resource.inputs):
            yield resource, (resource.urn, way)


def _ways(value: Value, way: Way = ()) -> Iterator[Way]:
    if way and value is not None and value != UNKNOWN:
        yield way
    inside = list(enumerate(cast("list[Value]", value))) if isinstance(value, list) else None
    entries = members(value)
    if inside is None and entries is value and entries is not None:
        inside = list(entries.items())
    for key, inner in inside or ():
        yield from _ways(inner, (*way, key))


def _path(way: Way) -> str:
    path = ""
    for key in way:
        path += f"[{key}]" if isinstance(key, int) else f".{key}" if path else key
    return path


def _hiding(stack: Stack, hidden: set[Place]) -> Stack:
    here = {urn for urn, _ in hidden if urn in stack.by_urn}
    if not here:
        return stack
    resources = list(stack.plan.resources)
    for index, resource in enumerate(resources):
        if resource.urn in here:
            inputs = copy.deepcopy(resource.inputs)
            for _, way in sorted(
                (place for place in hidden if place[0] == resource.urn), key=lambda place: len(place[1])
            ):
                _hide(inputs, way)
            resources[index] = resource.model_copy(update={"inputs": inputs})
    operations = {resource.urn: resource.operation for resource in stack.resources if resource.operation}
    return Stack(stack.plan.model_copy(update={"resources": tuple(resources)}), operations)


def _hide(inside: Any, way: Way) -> None:
    for key in way[:-1]:
        inside = inside[key]
        if inside == UNKNOWN:
            return
    inside[way[-1]] = UNKNOWN
