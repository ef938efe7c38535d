"""Scores: what passed, of everything that was held against a host."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.errors import MachineError
from operations.hosts.judges.lynis import read_report
from operations.hosts.judges.openscap import NOT_MET, Scan, read_results
from tests.unit.operations.hosts.judges.results import HEAD, REPORT, report_file, results_file


def test_what_passed_of_what_was_asked(tmp_path: Path) -> None:
    file = results_file(tmp_path, a="pass", b="pass", c="pass", d="fail", e="notapplicable", f="notselected")
    scan = read_results(file, "enhanced")
    assert (scan.applicable, scan.count("pass"), scan.score) == (4, 3, 75)
    assert scan.not_met == {"d": "fail"}
    assert scan.as_json() == {
        "profile": "xccdf_org.ssgproject.content_profile_anssi_bp28_enhanced",
        "content": "0.1.76",
        "pass": 3,
        "fail": 1,
        "error": 0,
        "unknown": 0,
        "notchecked": 0,
        "applicable": 4,
        "score": 75.0,
    }


@pytest.mark.parametrize("result", NOT_MET)
def test_whatever_is_not_known_to_be_met_counts_against_a_host(result: str, tmp_path: Path) -> None:
    scan = read_results(results_file(tmp_path, a="pass", b=result), "intermediary")
    assert (scan.score, scan.not_met) == (50, {"b": result})


def test_informational_results_count_nowhere(tmp_path: Path) -> None:
    assert read_results(results_file(tmp_path, a="pass", b="informational"), "enhanced").applicable == 1


def test_what_was_mended_in_the_scan_has_passed(tmp_path: Path) -> None:
    assert read_results(results_file(tmp_path, a="fixed"), "enhanced").score == 100


def test_a_rule_judged_twice_has_passed_when_both_say_so(tmp_path: Path) -> None:
    file = results_file(tmp_path, a="pass")
    once = file.read_text(encoding="utf-8")
    again = once[once.index("<rule-result") : once.index("</TestResult>")].replace("pass", "fail")
    for both in (once.replace("<rule-result", f"{again}<rule-result", 1), once.replace("</Test", f"{again}</Test")):
        file.write_text(both, encoding="utf-8")
        assert read_results(file, "enhanced").results == {"a": "fail"}


def test_nothing_applies() -> None:
    assert Scan("enhanced", "", {}).score == 0


@pytest.mark.parametrize("text", ["", "<Benchmark", f"{HEAD}</Benchmark>"])
def test_a_scan_that_broke_off_is_no_result(text: str, tmp_path: Path) -> None:
    file = tmp_path / "results.xml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(MachineError, match="OpenSCAP left no results"):
        read_results(file, "enhanced")


def test_a_scan_that_left_no_file_is_no_result(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="OpenSCAP left no results"):
        read_results(tmp_path / "results.xml", "enhanced")


def test_lynis_report(tmp_path: Path) -> None:
    audit = read_report(report_file(tmp_path))
    assert (audit.index, audit.version, audit.tests) == (89, "3.0.8", 238)
    assert audit.warnings == ("FIRE-4512: iptables module(s) loaded, but no rules active",)
    assert audit.suggestions == (
        "ACCT-9622: Enable process accounting",
        "KRNL-6000: One or more sysctl values differ",
    )


@pytest.mark.parametrize(
    "text",
    [
        REPORT.replace("hardening_index=89\n", ""),
        REPORT.replace("=89", "="),
        REPORT + "hardening_index=100\n",
        "",
    ],
)
def test_an_audit_that_broke_off_is_no_result(text: str, tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="Lynis left no whole report"):
        read_report(report_file(tmp_path, text))
