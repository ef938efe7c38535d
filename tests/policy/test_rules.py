"""Every rule against its cases, and the catalogue against what it promises."""

from __future__ import annotations

import pytest

from policies.answers import Answer
from policies.catalogue import all_rules
from policies.judge import ask
from policies.rule import Rule, TerritoryRule

from .cases import Case, case_files, cases_of

ASKED_OF_RESOURCES = [rule for rule in all_rules() if not isinstance(rule, TerritoryRule)]


@pytest.mark.parametrize(
    ("rule", "case"),
    [
        pytest.param(rule, case, id=f"{rule.id}: {case.name}")
        for rule in ASKED_OF_RESOURCES
        for case in cases_of(rule.id)
    ],
)
def test_the_answer_is_the_one_expected(rule: Rule, case: Case) -> None:
    assert not isinstance(rule, TerritoryRule)
    judged = ask(rule, case.subject())
    assert judged.answer is case.answer, judged.findings
    assert not any(finding.crashed for finding in judged.findings), judged.findings
    if case.path is not None:
        assert case.path in [finding.path for finding in judged.findings]
    if case.says is not None:
        assert any(case.says in finding.message for finding in judged.findings), judged.findings


@pytest.mark.parametrize("rule", ASKED_OF_RESOURCES, ids=lambda rule: rule.id)
def test_each_answer_has_a_case(rule: Rule) -> None:
    answers = {case.answer for case in cases_of(rule.id)}
    assert {Answer.PASS, Answer.FAIL} <= answers
    assert Answer.UNDETERMINED in answers or rule.reads_no_value


def test_every_file_of_cases_belongs_to_a_rule() -> None:
    assert set(case_files()) <= {rule.id for rule in all_rules()}
