"""What makes the answer no: a score too low, a score of too few rules, a rule that nobody gave a reason for."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from operations.errors import InputError
from operations.hosts.judges.lynis import Audit
from operations.hosts.judges.openscap import Scan
from operations.hosts.judges.verdict import LOWEST_INDEX, REASONS, THRESHOLDS, problems, read_reasons, stale
from territory.hosts import HardeningLevel

WELL = Audit(LOWEST_INDEX, "3.0.8", 200, (), ())


def scan_of(level: str, passed: int, failed: int) -> Scan:
    results = {f"met_{number}": "pass" for number in range(passed)}
    return Scan(level, "1", {**results, **{f"open_{number}": "fail" for number in range(failed)}})


def reasons_for(scan: Scan) -> dict[str, str]:
    return dict.fromkeys(scan.not_met, "because")


@pytest.mark.parametrize(
    ("level", "passed", "failed"), [("intermediary", 190, 10), ("enhanced", 180, 20), ("intermediary", 150, 0)]
)
def test_what_just_suffices(level: str, passed: int, failed: int) -> None:
    scan = scan_of(level, passed, failed)
    assert list(problems("h", [scan], WELL, reasons_for(scan))) == []


@pytest.mark.parametrize(
    ("level", "passed", "failed", "said"),
    [
        ("intermediary", 189, 11, "score at intermediary is 94.5 %, expected 95 % or more"),
        ("enhanced", 179, 21, "score at enhanced is 89.5 %, expected 90 % or more"),
        ("intermediary", 149, 0, "149 rules apply at intermediary, expected 150 or more"),
    ],
)
def test_what_does_not(level: str, passed: int, failed: int, said: str) -> None:
    scan = scan_of(level, passed, failed)
    [problem] = problems("h", [scan], WELL, reasons_for(scan))
    assert problem.startswith("h: ")
    assert said in problem


def test_a_rule_without_a_reason() -> None:
    [problem] = problems("h", [scan_of("enhanced", 180, 2)], WELL, {"open_0": "because"})
    assert problem == "h: open_1 is not met (fail), and no reason is recorded"


def test_an_index_that_is_too_low() -> None:
    audit = Audit(LOWEST_INDEX - 1, "3.0.8", 200, (), ())
    [problem] = problems("h", [], audit, {})
    assert problem == f"h: Lynis' hardening index is {LOWEST_INDEX - 1}, expected {LOWEST_INDEX} or more"


def test_a_reason_is_stale_when_its_rule_is_met_wherever_it_was_judged() -> None:
    scans = [Scan("enhanced", "1", {"a": "pass", "b": "fail"}), Scan("intermediary", "1", {"a": "pass", "b": "pass"})]
    assert stale(scans, {"a": "because", "b": "because", "never_judged": "because"}) == ["a"]


def test_every_level_of_hosts_has_a_threshold() -> None:
    assert set(THRESHOLDS) == {level.value for level in HardeningLevel}


def test_recorded_reasons_are_sentences_in_order() -> None:
    reasons = read_reasons()
    assert reasons
    assert list(yaml.safe_load(REASONS.read_text(encoding="utf-8"))) == sorted(reasons)
    assert all(len(reason.split()) >= 4 for reason in reasons.values())


@pytest.mark.parametrize("reason", ["", "''", "[]", "true"])
def test_a_reason_that_is_none_is_refused(reason: str, tmp_path: Path) -> None:
    file = tmp_path / "judged.yaml"
    file.write_text(f"met: because it is\nopen: {reason}\n", encoding="utf-8")
    with pytest.raises(InputError, match="no reason is given for open"):
        read_reasons(file)
