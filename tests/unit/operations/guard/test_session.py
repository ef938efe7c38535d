"""What a judged territory says once the engine knows more."""

from __future__ import annotations

import pytest

from operations.guard.agreement import agrees
from operations.guard.protocol import Verdict
from planning import wire
from planning.values import UNKNOWN
from policies.report import Verdict as Judgement
from tests.unit.operations.guard.plans import BASTION, EVERYBODY, STACK, URN, inputs, judged


def test_what_the_plan_knows_is_watched_by_nobody():
    assert judged(BASTION).watched(STACK) == {}
    assert judged(EVERYBODY).is_closed
    assert judged(UNKNOWN).watched(STACK) == {URN: ("NET-001",)}


@pytest.mark.parametrize("dry_run", [True, False])
def test_real_inputs_decide(dry_run: bool):
    assert judged().decide(STACK, URN, inputs(BASTION), dry_run=dry_run).verdict is Verdict.OPEN

    stopped = judged().decide(STACK, URN, inputs(EVERYBODY), dry_run=dry_run)
    assert stopped.verdict is Verdict.CLOSED
    for part in ("NET-001", URN, "components/cloud/security_groups.py:76", "remedy: Let in the bastions' addresses"):
        assert part in stopped.message


@pytest.mark.parametrize("nobody_knows", [wire.UNKNOWN, wire.secret(None)])
def test_what_is_still_undetermined_stops_an_update_and_no_preview(nobody_knows: wire.Wire):
    assert judged().decide(STACK, URN, inputs(nobody_knows), dry_run=True).verdict is Verdict.OPEN
    stopped = judged().decide(STACK, URN, inputs(nobody_knows), dry_run=False)
    assert stopped.verdict is Verdict.CLOSED
    assert "NET-001" in stopped.message


def test_two_doors_of_a_run_ask_once():
    territory = judged()
    first = territory.learn(STACK, URN, inputs(EVERYBODY), door="crossguard")
    again = territory.decide(STACK, URN, {**inputs(EVERYBODY), "__defaults": []}, dry_run=False)
    assert (first.verdict, again.verdict, territory.questions) == (Judgement.FAIL, Verdict.CLOSED, 1)


def test_a_passed_question_is_not_asked_again_as_long_as_the_plan_was_right():
    territory = judged(BASTION)
    assert territory.learn(STACK, URN, inputs(BASTION), door="crossguard").pairs == 0
    changed = territory.learn(STACK, URN, inputs(EVERYBODY), door="crossguard")
    assert (changed.verdict, territory.questions) == (Judgement.FAIL, 1)


def test_what_no_plan_knows_is_judged_by_every_rule_about_it():
    other = URN.replace("web-in-22", "another")
    assert judged(BASTION).learn(STACK, other, inputs(EVERYBODY), door="crossguard").verdict is Judgement.FAIL


def test_what_stacks_hold_settles_what_was_open():
    territory = judged()
    assert territory.undetermined(STACK) == {"NET-001": [URN]}
    assert territory.settle(STACK, {URN: inputs(EVERYBODY)}, door="deployed").verdict is Judgement.FAIL
    assert judged().settle(STACK, {URN: inputs(BASTION)}, door="deployed").passed == 1


def test_agreement():
    assert agrees({"a": UNKNOWN, "b": [{"c": 1}]}, {"a": "x", "b": [{"c": 1}], "__defaults": []})
    assert not agrees({"a": 1}, {"a": 1, "b": 2})
    assert not agrees({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}})
    assert not agrees({"a": [1]}, {"a": [1, 2]})
    assert not agrees({"a": "x"}, {})
    assert not agrees({"a": "x"}, {"a": {"$secret": "f"}})
    assert agrees({"a": {"$secret": "f"}}, {"a": {"$secret": "g"}})


def test_one_stack_may_ask_what_is_watched_while_another_learns(monkeypatch: pytest.MonkeyPatch):
    territory = judged(UNKNOWN)
    real, busy = vars(territory)["_rules"], list[bool]()

    class Meddling(dict[str, object]):
        def __getitem__(self, rule: str) -> object:
            if not busy:
                busy.append(True)
                territory.learn(STACK, URN, inputs(BASTION), door="crossguard")
            return real[rule]

    monkeypatch.setattr(territory, "_rules", Meddling(real))
    assert territory.watched(STACK) == {URN: ("NET-001",)}
    assert territory.watched(STACK) == {}
