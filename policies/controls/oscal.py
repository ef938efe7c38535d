"""Controls, what contributes to them and what a gate observed, as OSCAL that compliance-trestle accepts.

Only observations are written, never OSCAL findings: those say whether a control is satisfied, which is an assessor's to
say and no rule's. The same input gives the same bytes.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from trestle.oscal import OSCAL_VERSION
from trestle.oscal.assessment_results import AssessmentResults
from trestle.oscal.catalog import Catalog
from trestle.oscal.component import ComponentDefinition

from policies.controls.coverage import FrameworkCoverage
from policies.controls.model import Control, Framework
from policies.report import Finding, Report
from policies.rule import Rule

NAMESPACE: Final = "https://metropole.example/ns/oscal"
"""Of the properties that are ours."""
MEANING: Final = "Contributes to the control; does not show that it is met."
_IDS: Final = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)


class _Model(Protocol):
    @classmethod
    def model_validate(cls, obj: Any, /) -> Any: ...


def oscal_documents(
    frameworks: Iterable[FrameworkCoverage],
    rules: Mapping[str, Rule],
    report: Report | None,
    *,
    when: datetime,
    version: str,
) -> dict[str, str]:
    """JSON texts by file name: a catalog and a component definition a framework, with a report also the results
    of each framework that anything contributes to.

    `when` needs a time zone. Raises what trestle raises where it refuses a document; nothing it refuses is returned.
    """
    documents: dict[str, str] = {}
    for each in frameworks:
        name = each.framework.id
        header = {"last-modified": when.isoformat(), "version": version, "oscal-version": OSCAL_VERSION}
        documents[f"{name}.catalog.json"] = _json(Catalog, _catalog(each.framework, header))
        documents[f"{name}.component-definition.json"] = _json(ComponentDefinition, _component(each, rules, header))
        if report is not None and each.mapped:  # results that reviewed no control are no OSCAL
            results = _results(each, report, header, when)
            documents[f"{name}.assessment-results.json"] = _json(AssessmentResults, results)
    return documents


def control_id(framework: Framework, control: Control) -> str:
    """A control's id in OSCAL, unique among all frameworks."""
    return f"{framework.id}-{control.number.lower()}"


def _json(model: type[_Model], data: Mapping[str, Any]) -> str:
    return str(model.model_validate(data).oscal_serialize_json(pretty=True)) + "\n"


def _catalog(framework: Framework, header: Mapping[str, str]) -> dict[str, Any]:
    return {
        "uuid": _uuid("catalog", framework.id),
        "metadata": {
            "title": f"{framework.title}, {framework.edition}",
            **header,
            "links": [{"href": framework.source, "rel": "reference"}],
            "remarks": "Numbers are the publisher's; titles are in other words and do not replace its text.",
        },
        "controls": [
            {
                "id": control_id(framework, control),
                "title": control.title,
                "props": [{"name": "label", "value": control.number}],
            }
            for control in framework.controls
        ],
    }


def _component(each: FrameworkCoverage, rules: Mapping[str, Rule], header: Mapping[str, str]) -> dict[str, Any]:
    framework = each.framework
    component: dict[str, Any] = {
        "uuid": _uuid("component", framework.id),
        "type": "validation",
        "title": "metropole's gate",
        "description": "Rules asked of every plan before it is deployed, and tests of the hosts that run after it.",
    }
    requirements = [
        {
            "uuid": _uuid("requirement", framework.id, control.number),
            "control-id": control_id(framework, control),
            "description": "; ".join(
                [
                    *(f"{rule}: {rules[rule].title}" for rule in control.mapped),
                    *(f"running hosts are asked for {rule} of ANSSI-BP-028" for rule in control.on_hosts),
                ]
            ),
            "props": [
                *(_property("contributing-rule", rule) for rule in control.mapped),
                *(_property("asked-of-hosts", rule) for rule in control.on_hosts),
            ],
            "remarks": MEANING,
        }
        for control in framework.controls
        if control.mapped or control.on_hosts
    ]
    if requirements:
        component["control-implementations"] = [
            {
                "uuid": _uuid("implementation", framework.id),
                "source": f"{framework.id}.catalog.json",
                "description": (
                    f"Rules contribute to {each.mapped} of {len(each.controls)} controls, "
                    f"hosts are asked for {each.on_hosts} more."
                ),
                "implemented-requirements": requirements,
            }
        ]
    return {
        "uuid": _uuid("component-definition", framework.id),
        "metadata": {"title": f"What contributes to {framework.title}", **header},
        "components": [component],
    }


def _results(each: FrameworkCoverage, report: Report, header: Mapping[str, str], when: datetime) -> dict[str, Any]:
    framework = each.framework
    plan = _uuid("plan", framework.id)
    mapped = [control_id(framework, control) for control in framework.controls if control.mapped]
    controls: dict[str, list[str]] = {}
    findings: dict[str, Finding] = {}
    for covered in each.controls:
        for finding in covered.findings:
            key = _uuid("observation", framework.id, finding.model_dump_json())
            findings[key] = finding
            controls.setdefault(key, []).append(control_id(framework, covered.control))
    selection = {"include-controls": [{"control-id": id_} for id_ in mapped]}
    result: dict[str, Any] = {
        "uuid": _uuid("result", framework.id, report.model_dump_json(), when.isoformat()),
        "title": f"The gate at the door {report.door}",
        "description": (
            f"{report.rules} rules asked of {report.resources} resources: "
            f"{report.pairs} answers, {report.passed} of them passed."
        ),
        "start": when.isoformat(),
        "reviewed-controls": {"control-selections": [selection], "remarks": MEANING},
        "remarks": f"{each.unmapped} of {len(each.controls)} controls have nothing behind them yet.",
    }
    if findings:
        result["observations"] = [_observation(key, finding, controls[key], when) for key, finding in findings.items()]
    return {
        "uuid": _uuid("results", framework.id, report.model_dump_json(), when.isoformat()),
        "metadata": {"title": f"What the gate observed that touches {framework.title}", **header},
        "import-ap": {"href": f"#{plan}"},
        "results": [result],
        "back-matter": {
            "resources": [
                {
                    "uuid": plan,
                    "title": "No assessment plan",
                    "description": "The gate runs before every deployment and asks its rules.",
                }
            ]
        },
    }


def _observation(key: str, finding: Finding, controls: Iterable[str], when: datetime) -> dict[str, Any]:
    properties = [
        _property("rule", finding.rule),
        _property("answer", finding.answer.value),
        _property("severity", finding.severity.value),
        _property("subject", finding.subject),
        *(_property("contributes-to", id_) for id_ in controls),
    ]
    if finding.waiver:
        properties.append(_property("waived-until", finding.waiver.expires))
    return {
        "uuid": key,
        "title": finding.title,
        "description": _line(finding.message),
        "props": properties,
        "methods": ["TEST"],
        "collected": when.isoformat(),
        "remarks": f"{MEANING} What to change: {_line(finding.remediation)}",
    }


def _property(name: str, value: str) -> dict[str, str]:
    return {"name": name, "ns": NAMESPACE, "value": _line(value)}


def _line(text: str) -> str:
    return " ".join(text.split()) or "-"


def _uuid(*parts: str) -> str:
    return str(uuid.uuid5(_IDS, "\0".join(parts)))
