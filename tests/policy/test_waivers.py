"""What a waiver does to a report, on which days, and what becomes of one that does not hold."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from policies.answers import Answer
from policies.report import Finding, Report, Verdict, WaiverStanding
from policies.waivers import LONGEST, PlacedWaiver, Waiver, Waivers, apply_waivers
from territory.errors import Problem

from .reports import URN, finding, report

TODAY = date(2026, 11, 27)


def waiver(**changes: object) -> Waiver:
    return Waiver.model_validate(
        {
            "rule": "NET-001",
            "subject": URN,
            "reason": "the supplier's address changes",
            "owner": "A. Martin",
            "approver": "B. Durand",
            "ticket": "NETWORK-4711",
            "granted": TODAY,
            "expires": TODAY + timedelta(days=30),
            **changes,
        }
    )


def placed(*waivers: Waiver) -> Waivers:
    return Waivers(tuple(PlacedWaiver(each, "waivers.yaml", line) for line, each in enumerate(waivers, 1)))


def notices(judged: Report) -> list[Finding]:
    return [each for each in judged.findings if each.rule.startswith("WAIVER-")]


def test_what_is_waived_stops_nothing_and_says_who_answers_for_it() -> None:
    judged = apply_waivers(report(finding(), finding(rule="NET-002")), placed(waiver()), TODAY)
    other, waived = judged.findings
    assert (other.rule, other.waiver, other.blocks) == ("NET-002", None, True)
    assert waived.waiver
    assert (waived.waiver.owner, waived.waiver.approver, waived.waiver.ticket) == (
        "A. Martin",
        "B. Durand",
        "NETWORK-4711",
    )
    assert not waived.blocks
    assert judged.verdict is Verdict.FAIL
    assert [(known.standing, known.findings) for known in judged.waivers] == [(WaiverStanding.USED, 1)]
    assert notices(judged) == []


def test_counts_of_what_was_judged_stay() -> None:
    before = report(finding())
    judged = apply_waivers(before, placed(waiver(), waiver(rule="IAM-001")), TODAY)
    assert (judged.rules, judged.resources, judged.pairs, judged.passed) == (3, 5, 9, 8)
    assert judged.verdict is Verdict.PASS


def test_nobody_waives_a_rule_that_crashed() -> None:
    judged = apply_waivers(report(finding(crashed=True)), placed(waiver()), TODAY)
    assert judged.verdict is Verdict.FAIL
    assert [known.standing for known in judged.waivers] == [WaiverStanding.UNUSED]


def test_what_is_undetermined_can_be_waived() -> None:
    judged = apply_waivers(report(finding(answer=Answer.UNDETERMINED)), placed(waiver()), TODAY)
    assert judged.findings[0].waiver


def test_another_rule_on_the_same_subject_is_not_waived() -> None:
    judged = apply_waivers(report(finding(rule="NET-0010")), placed(waiver()), TODAY)
    assert judged.verdict is Verdict.FAIL


def test_of_several_that_meet_it_the_one_that_lasts_longest_is_named() -> None:
    longer = waiver(subject=URN.replace("-1", "-*"), expires=TODAY + timedelta(days=90), owner="C. Petit")
    judged = apply_waivers(report(finding()), placed(waiver(), longer), TODAY)
    assert judged.findings[0].waiver
    assert judged.findings[0].waiver.owner == "C. Petit"
    assert {known.standing for known in judged.waivers} == {WaiverStanding.USED}


@pytest.mark.parametrize(
    ("today", "standing", "rule"),
    [
        (TODAY + timedelta(days=31), WaiverStanding.EXPIRED, "WAIVER-EXPIRED"),
        (TODAY - timedelta(days=1), WaiverStanding.NOT_YET, "WAIVER-NOT-YET"),
    ],
)
def test_one_that_does_not_hold_waives_nothing_and_shows(today: date, standing: WaiverStanding, rule: str) -> None:
    judged = apply_waivers(report(finding()), placed(waiver()), today)
    assert judged.verdict is Verdict.FAIL
    assert judged.waivers[0].standing is standing
    (notice,) = notices(judged)
    assert (notice.rule, notice.file, notice.line, notice.blocks) == (rule, "waivers.yaml", 1, False)
    assert notice.subject == f"waiver NET-001 {URN}"


def test_an_unused_one_shows_and_stops_nothing() -> None:
    judged = apply_waivers(report(), placed(waiver()), TODAY)
    assert [notice.rule for notice in notices(judged)] == ["WAIVER-UNUSED"]
    assert judged.verdict is Verdict.PASS


def test_one_that_meets_nothing_in_some_stacks_is_no_finding() -> None:
    judged = apply_waivers(report(), placed(waiver()), TODAY, whole=False)
    assert notices(judged) == []
    assert judged.waivers[0].standing is WaiverStanding.NOT_MET


def test_what_cannot_be_read_blocks_with_its_line_and_remedy() -> None:
    problem = Problem(
        "waivers.yaml", 7, "owner is missing", expected="one person", remedy="Write owner: and its value."
    )
    judged = apply_waivers(report(), Waivers(problems=(problem,)), TODAY)
    (notice,) = judged.findings
    assert judged.verdict is Verdict.FAIL
    assert (notice.rule, notice.file, notice.line) == ("WAIVER-MALFORMED", "waivers.yaml", 7)
    assert notice.message == "owner is missing; expected one person"
    assert notice.remediation == "Write owner: and its value."


def test_a_report_with_waivers_is_json_and_back() -> None:
    judged = apply_waivers(report(finding()), placed(waiver(), waiver(rule="IAM-001")), TODAY)
    assert Report.model_validate_json(judged.model_dump_json()) == judged


@given(
    granted=st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    days=st.integers(-400, 400),
    away=st.integers(-800, 800),
)
def test_it_holds_from_its_first_day_to_its_last_and_never_longer_than_allowed(
    granted: date, days: int, away: int
) -> None:
    expires, today = granted + timedelta(days=days), granted + timedelta(days=away)
    if not 0 <= days <= 180:
        with pytest.raises(ValidationError):
            waiver(granted=granted, expires=expires)
        return
    judged = apply_waivers(report(finding()), placed(waiver(granted=granted, expires=expires)), today)
    assert (judged.verdict is Verdict.PASS) == (granted <= today <= expires)
    assert len(judged.waivers) == 1
    assert expires - granted <= LONGEST


@pytest.mark.parametrize(
    "approver", ["A. Martin", "a. martin", " A.  Martin ", "Ａ. Martin", "A.\N{NO-BREAK SPACE}Martin"]
)
def test_the_owner_does_not_approve(approver: str) -> None:
    with pytest.raises(ValidationError, match="the approver is the owner"):
        waiver(approver=approver)


@pytest.mark.parametrize("rule", ["*", "NET-*", "NET", "net-001", "CKV_*", "", "NET-001 "])
def test_a_rule_is_named_in_full(rule: str) -> None:
    with pytest.raises(ValidationError):
        waiver(rule=rule)


@pytest.mark.parametrize("rule", ["VSPHERE-012", "CKV_AWS_18", "CKV2_AWS_6"])
def test_ours_and_checkovs_rules_can_be_waived(rule: str) -> None:
    assert waiver(rule=rule).rule == rule
