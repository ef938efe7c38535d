"""Every territory rule against the sandbox as it is planned now, and against its cases."""

from __future__ import annotations

import pytest

from policies.answers import Answer
from policies.catalogue import all_rules
from policies.judge import Judged, answers_of
from policies.rule import TerritoryRule
from stacks.layers import LAYERS

from .sandbox import sandbox_stacks, sandbox_territory
from .territory_cases import TerritoryCase, territory_cases_of

RULES = [rule for rule in all_rules() if isinstance(rule, TerritoryRule)]


def judged(rule: TerritoryRule, case: TerritoryCase) -> Judged:
    (answer,) = answers_of([rule], case.stacks(), case.territory())
    return answer


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_sandbox_breaks_no_rule(rule: TerritoryRule) -> None:
    (answer,) = answers_of([rule], sandbox_stacks(), sandbox_territory())
    assert answer.answer is Answer.PASS, answer.findings


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_copy_of_the_sandbox_without_the_account_breaks_no_rule(rule: TerritoryRule) -> None:
    names = tuple(stack.name for stack in sandbox_stacks() if not LAYERS[stack.layer].account_wide)
    copy = TerritoryCase(name="a copy", answer=Answer.PASS, only=names, environment={"*": "ephemeral"})
    assert judged(rule, copy).answer is not Answer.FAIL


@pytest.mark.parametrize(
    ("rule", "case"),
    [pytest.param(rule, case, id=f"{rule.id}: {case.name}") for rule in RULES for case in territory_cases_of(rule.id)],
)
def test_the_answer_is_the_one_expected(rule: TerritoryRule, case: TerritoryCase) -> None:
    answer = judged(rule, case)
    assert answer.answer is case.answer, answer.findings
    assert not any(finding.crashed for finding in answer.findings), answer.findings
    if case.says is not None:
        assert any(case.says in finding.message for finding in answer.findings), answer.findings
    if case.about is not None:
        assert any(finding.subject.endswith(case.about) for finding in answer.findings), answer.findings


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_answer_has_a_case(rule: TerritoryRule) -> None:
    answers = {case.answer for case in territory_cases_of(rule.id)}
    assert {Answer.PASS, Answer.FAIL} <= answers
    assert Answer.UNDETERMINED in answers or rule.reads_no_value
