"""Controls as they are said: each of them, with its rules and what they found, and never that one is met."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console as RichConsole

from operations.console import Console
from operations.errors import InputError
from operations.gate.controls_view import MEANING, controls_object, controls_of_report, counts_line, say_controls
from operations.gate.oscal_files import write_oscal
from policies.controls.loader import ControlsError
from territory.errors import Problem
from tests.policy.reports import finding, report


def said(judged: bool) -> str:
    written = StringIO()
    console = Console(stderr=RichConsole(file=written, width=200))
    say_controls(console, controls_of_report(report(finding()) if judged else None))
    return written.getvalue()


def test_every_control_is_listed_with_what_contributes_to_it() -> None:
    lines = said(judged=True).splitlines()
    rows = {line.split()[0]: line for line in lines if line[:1] in "R"}
    assert "nothing behind it yet" in rows["R1"]
    filtering = next(line for line in lines if line.startswith("17 ") and "Filter traffic" in line)
    assert "NET-001" in filtering
    assert "a rule is broken: NET-001 1" in filtering
    assert lines[-1] == MEANING
    assert next(line for line in lines if line.startswith("anssi-bp-028: ")).endswith("nothing behind them yet")


def test_without_a_report_it_is_a_listing() -> None:
    text = said(judged=False)
    assert "not judged" in text
    assert "is broken" not in text
    assert "no finding" not in text


def test_the_object_is_json_and_counts_what_it_lists() -> None:
    result = json.loads(json.dumps(controls_object(controls_of_report(report(finding())))))
    assert result["meaning"] == MEANING
    assert [each["id"] for each in result["frameworks"]] == [
        "anssi-bp-028",
        "anssi-hygiene",
        "lpm-oiv",
        "nis2-art-21",
        "rgpd-art-32",
    ]
    for each in result["frameworks"]:
        behind = [control for control in each["controls"] if control["contributing"]]
        assert (each["mapped"], each["unmapped"]) == (
            len(behind),
            len(each["controls"]) - len(behind) - each["on_hosts"],
        )
        for control in each["controls"]:
            assert (control["stands"] == "nothing behind it yet") == (not control["contributing"] + control["on_hosts"])
            assert bool(control["findings"]) == ("NET-001" in control["contributing"])


def test_a_line_counts_both() -> None:
    (bp, *_) = controls_of_report(None)
    assert counts_line(bp) == (
        f"anssi-bp-028: rules contribute to {bp.mapped} of 80 controls, "
        f"running hosts are asked for {bp.on_hosts} more, {bp.unmapped} with nothing behind them yet"
    )


def test_controls_that_cannot_be_read_are_wrong_input(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ControlsError([Problem("policies/controls/x.yaml", 3, "title is missing", remedy="Write title:")])

    monkeypatch.setattr("operations.gate.controls_view.all_frameworks", fail)
    with pytest.raises(InputError, match=r"policies/controls/x\.yaml:3: title is missing"):
        controls_of_report(None)


def test_oscal_is_written_into_a_folder_that_is_made(tmp_path: Path) -> None:
    judged = report(finding())
    files = write_oscal(
        tmp_path / "a" / "oscal", controls_of_report(judged), judged, datetime(2026, 11, 27, tzinfo=UTC)
    )
    assert {file.name for file in files} >= {"lpm-oiv.catalog.json", "lpm-oiv.assessment-results.json"}
    assert all(json.loads(file.read_text(encoding="utf-8")) for file in files)


def test_where_oscal_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="OSCAL cannot be written to"):
        write_oscal(tmp_path / "file", controls_of_report(None), None, datetime(2026, 11, 27, tzinfo=UTC))
