"""The bench of the gate: what both sides are asked, and that it gives no figure for sides that differ."""

from __future__ import annotations

import json
import re

import pytest

from operations.bench.gate.crossguard_child import Question, dispatcher
from operations.bench.gate.opa import REGO
from operations.bench.gate.questions import RULES, agreed, asked_about, our_answers, ten_rules, variants
from operations.errors import AnswerNo
from planning.plan import PlannedResource, StackPlan
from planning.urns import make_urn
from planning.values import UNKNOWN
from policies.answers import Answer
from policies.subjects import Stack

QUEUE = "aws:sqs/queue:Queue"


def queue(**inputs: object) -> PlannedResource:
    urn = make_urn("case", "metropole", "", QUEUE, "queue")
    return PlannedResource(urn=urn, type=QUEUE, name="queue", custom=True, inputs=inputs)


def test_there_are_ten_rules_and_a_file_of_rego_for_each() -> None:
    assert [rule.id for rule in ten_rules()] == list(RULES)
    assert len(RULES) == 10
    for id_ in RULES:
        text = (REGO / f"{id_.lower().replace('-', '_')}.rego").read_text(encoding="utf-8")
        assert text.startswith(f'package rules["{id_}"]\n')


def test_rego_asks_each_rule_of_the_types_it_is_about() -> None:
    table = (REGO / "gate.rego").read_text(encoding="utf-8").partition("by_type := ")[2]
    found = json.loads(re.sub(r",(\s*})", r"\1", table))
    assert found == {
        type_: [rule.id for rule in ten_rules() if type_ in rule.types] for rule in ten_rules() for type_ in rule.types
    }


def test_variants_hide_each_value_once() -> None:
    made = [each.inputs for each in variants([queue(kmsMasterKeyId="key", tags={"a": True})]) if each.type == QUEUE]
    for expected in (
        {"kmsMasterKeyId": UNKNOWN, "tags": {"a": True}},
        {"kmsMasterKeyId": {"$secret": None}, "tags": {"a": True}},
        {"kmsMasterKeyId": "key", "tags": {"a": False}},
        {"kmsMasterKeyId": "key", "tags": None},
    ):
        assert expected in made


def test_sides_that_differ_get_no_figure() -> None:
    resources = [queue(kmsMasterKeyId=UNKNOWN)]
    ours = our_answers(resources)
    assert ours == [{"CRYPTO-005": "undetermined"}]
    assert agreed(resources, ours, ours) == 1
    with pytest.raises(AnswerNo, match="1 of 1 resources"):
        agreed(resources, ours, [{"CRYPTO-005": "pass"}])


def test_what_no_rule_is_about_is_left_out() -> None:
    stack = StackPlan(name="case", layer="case", resources=(queue(), queue().model_copy(update={"type": "a:b:C"})))
    assert [each.type for each in asked_about([stack])] == [QUEUE]


@pytest.mark.parametrize(
    ("key", "answer"), [(None, Answer.FAIL), ("arn:key", Answer.PASS), (UNKNOWN, Answer.UNDETERMINED)]
)
def test_the_dispatcher_answers_what_comes_over_the_wire(key: object, answer: Answer) -> None:
    planned = queue(**({} if key is None else {"kmsMasterKeyId": key}))
    question = Question(planned, Stack(StackPlan(name="case", layer="case", resources=(planned,))))
    assert [judged.answer for judged in dispatcher(list(ten_rules()))(question)] == [answer]
