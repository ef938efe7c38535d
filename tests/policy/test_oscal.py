"""What is exported is OSCAL by compliance-trestle's reading, and says no more than that rules contribute."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from trestle.oscal.assessment_results import AssessmentResults
from trestle.oscal.catalog import Catalog
from trestle.oscal.component import ComponentDefinition

from policies.answers import Answer
from policies.catalogue import all_rules
from policies.controls.coverage import coverage
from policies.controls.loader import all_frameworks
from policies.controls.model import Control, Framework
from policies.controls.oscal import MEANING, oscal_documents
from policies.report import Report

from .reports import finding, report

WHEN = datetime(2026, 11, 27, 12, tzinfo=UTC)
RULES = {rule.id: rule for rule in all_rules()}
FRAMEWORK = Framework(
    id="example",
    title="Example",
    edition="first",
    source="https://example.org/text",
    controls=(
        Control(number="A1", title="Close the doors", mapped=("NET-001",)),
        Control(number="A2", title="Train people", mapped=()),
        Control(number="A3", title="Filter", mapped=("NET-001",)),
    ),
)


def export(judged: Report | None, framework: Framework = FRAMEWORK) -> dict[str, str]:
    return oscal_documents(coverage((framework,), judged), RULES, judged, when=WHEN, version="1.0")


def named(properties: list[dict[str, str]], name: str) -> list[str]:
    return [each["value"] for each in properties if each["name"] == name]


def test_every_framework_of_ours_is_read_back_by_trestle(tmp_path: Path) -> None:
    judged = report(finding(), finding(answer=Answer.UNDETERMINED, subject="service backup"))
    covered = coverage(all_frameworks(), judged)
    documents = oscal_documents(covered, RULES, judged, when=WHEN, version="1.0")
    models: dict[str, Any] = {
        "catalog": Catalog,
        "component-definition": ComponentDefinition,
        "assessment-results": AssessmentResults,
    }
    assert len(documents) == 2 * len(covered) + sum(bool(each.mapped) for each in covered)
    for name, text in documents.items():
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        assert models[name.split(".")[1]].oscal_read(file) is not None


def test_a_catalog_has_every_control_under_its_number() -> None:
    catalog = json.loads(export(None)["example.catalog.json"])["catalog"]
    assert [(each["id"], each["props"][0]["value"]) for each in catalog["controls"]] == [
        ("example-a1", "A1"),
        ("example-a2", "A2"),
        ("example-a3", "A3"),
    ]
    assert catalog["metadata"]["links"][0]["href"] == "https://example.org/text"


def test_a_component_names_what_contributes_and_claims_nothing_for_the_rest() -> None:
    definition = json.loads(export(None)["example.component-definition.json"])["component-definition"]
    (implementation,) = definition["components"][0]["control-implementations"]
    assert implementation["source"] == "example.catalog.json"
    assert [each["control-id"] for each in implementation["implemented-requirements"]] == ["example-a1", "example-a3"]
    for each in implementation["implemented-requirements"]:
        assert named(each["props"], "contributing-rule") == ["NET-001"]
        assert each["remarks"] == MEANING


def test_observations_say_what_they_touch_and_no_control_is_called_satisfied() -> None:
    text = export(report(finding(), finding(rule="NET-002")))["example.assessment-results.json"]
    (result,) = json.loads(text)["assessment-results"]["results"]
    (observation,) = result["observations"]
    assert named(observation["props"], "contributes-to") == ["example-a1", "example-a3"]
    assert named(observation["props"], "answer") == ["fail"]
    assert "findings" not in result
    assert "satisfied" not in text


@pytest.mark.parametrize("judged", [report(), report(finding(rule="NET-002"))])
def test_a_report_that_touches_nothing_is_still_oscal(judged: Report) -> None:
    (result,) = json.loads(export(judged)["example.assessment-results.json"])["assessment-results"]["results"]
    assert "observations" not in result
    assert result["remarks"] == "1 of 3 controls have nothing behind them yet."


def test_where_nothing_contributes_there_are_no_results() -> None:
    nothing = FRAMEWORK.model_copy(update={"controls": FRAMEWORK.controls[1:2]})
    documents = export(report(finding()), nothing)
    assert set(documents) == {"example.catalog.json", "example.component-definition.json"}
    assert "control-implementations" not in documents["example.component-definition.json"]


def test_the_same_is_exported_to_the_same_bytes() -> None:
    assert export(report(finding())) == export(report(finding()))


def test_hostile_names_stay_text() -> None:
    subject = "service <script>alert(1)</script>\n\x1b[2J| a"
    text = export(report(finding(subject=subject)))["example.assessment-results.json"]
    (observation,) = json.loads(text)["assessment-results"]["results"][0]["observations"]
    assert named(observation["props"], "subject") == ["service <script>alert(1)</script> \x1b[2J| a"]
    assert "\x1b" not in text


def test_without_a_report_there_are_no_results() -> None:
    assert set(export(None)) == {"example.catalog.json", "example.component-definition.json"}
