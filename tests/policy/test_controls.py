"""The frameworks are whole and point at rules that exist; what touches a control is said, never that it is met."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from policies.answers import Answer
from policies.catalogue import all_rules
from policies.controls.coverage import Touch, coverage
from policies.controls.loader import FOLDER, ControlsError, all_frameworks, controls_of, load_frameworks
from policies.controls.model import Control, Framework
from policies.report import AppliedWaiver, Finding

from .reports import finding, report

NUMBERS = {
    "anssi-bp-028": [f"R{n}" for n in range(1, 81)],
    "anssi-hygiene": [str(n) for n in range(1, 43)],
    "lpm-oiv": [str(n) for n in range(1, 21)],
    "nis2-art-21": [f"21.2.{letter}" for letter in "abcdefghij"],
    "rgpd-art-32": [f"32.1.{letter}" for letter in "abcd"],
}
CLAIMS = re.compile(r"\b(prov(e|es|ing) that|compl(y|ies|iant)|certif(y|ies|ied))\b", re.IGNORECASE)

TEXT = """\
id: example
title: Example
edition: first
source: https://example.org/text
controls:
  - number: A1
    title: Close the doors
    mapped: [NET-001]
  - number: A2
    title: Train people
    mapped: []
"""


def test_every_framework_has_all_its_numbers_in_order() -> None:
    numbers = {each.id: [control.number for control in each.controls] for each in all_frameworks()}
    assert numbers == NUMBERS


def test_titles_are_single_lines_that_differ_and_claim_nothing() -> None:
    for framework in all_frameworks():
        titles = [control.title for control in framework.controls]
        assert len(set(titles)) == len(titles), framework.id
        assert not [title for title in titles if len(title) > 100 or title.endswith(".")]
        assert not CLAIMS.search((FOLDER / f"{framework.id}.yaml").read_text(encoding="utf-8"))


def test_every_rule_contributes_to_a_control_of_ours() -> None:
    assert [rule.id for rule in all_rules() if not controls_of(rule.id)] == []


def test_the_controls_of_a_rule() -> None:
    found = {(framework.id, control.number) for framework, control in controls_of("NET-001")}
    assert ("lpm-oiv", "17") in found
    assert controls_of("NET-999") == ()


def load(folder: Path, text: str, name: str = "example.yaml") -> tuple[Framework, ...]:
    (folder / name).write_text(text, encoding="utf-8")
    return load_frameworks(folder, {"NET-001", "NET-002"})


def test_a_framework_is_read(tmp_path: Path) -> None:
    (framework,) = load(tmp_path, TEXT)
    assert framework.controls[0] == Control(number="A1", title="Close the doors", mapped=("NET-001",))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("NET-001", "NET-003", "8: the control A1 names a rule that does not exist"),
        ("[NET-001]", "[NET-001, NET-001]", "8: the control A1 names NET-001 twice"),
        ("    mapped: []\n", "", "9: mapped is missing"),
        ("mapped: []", "mapping: []", "11: there is no key mapping here"),
        ("number: A2", "number: A1", "9: the control A1 is on line 6 already"),
        ("number: A2", "number: 2", "9: number cannot be read: Input should be a valid string"),
        ("Train people", '""', "10: title cannot be read"),
        ("id: example", "id: other", "1: the id is not the file's name"),
        ("https", "ftp", "4: source cannot be read"),
        ("title: Example\n", "title: Example\ntitle: Again\n", '3: the key "title" is written twice'),
        ("controls:", "controls: &a", "5: there is an anchor, &a"),
        ("id: example", "id: [", "this is not YAML"),
    ],
)
def test_what_is_wrong_is_said_with_file_line_and_remedy(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert old in TEXT
    with pytest.raises(ControlsError) as caught:
        load(tmp_path, TEXT.replace(old, new))
    said = [f"{problem.line}: {problem.message}" for problem in caught.value.problems]
    assert any(expected.lower() in each.lower() for each in said), said
    assert all(problem.file.endswith("example.yaml") and problem.remedy for problem in caught.value.problems)


def test_the_nearest_rule_is_named(tmp_path: Path) -> None:
    with pytest.raises(ControlsError, match=r"nearest: +NET-00[12]"):
        load(tmp_path, TEXT.replace("NET-001", "NET-01"))


def test_a_key_that_is_no_controls_is_measured_by_those_a_control_has(tmp_path: Path) -> None:
    with pytest.raises(ControlsError) as caught:
        load(tmp_path, TEXT.replace("mapped: []", "maped: []"))
    assert [problem.nearest for problem in caught.value.problems if problem.nearest] == ["mapped"]


def test_a_control_may_stand_on_hosts_alone(tmp_path: Path) -> None:
    (framework,) = load(tmp_path, TEXT.replace("mapped: []", "mapped: []\n    on_hosts: [R33]"))
    assert framework.controls[1].on_hosts == ("R33",)
    (covered,) = coverage([framework], None)
    assert (covered.mapped, covered.on_hosts, covered.unmapped) == (1, 1, 0)
    assert covered.controls[1].touch is Touch.ON_HOSTS
    with pytest.raises(ControlsError, match="12: this cannot be read"):
        load(tmp_path, TEXT.replace("mapped: []", "mapped: []\n    on_hosts: [NET-001]"))


def test_all_files_are_read_before_anything_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").mkdir()
    (tmp_path / "b.yaml").write_text("{", encoding="utf-8")
    with pytest.raises(ControlsError) as caught:
        load(tmp_path, TEXT.replace("NET-001", "NET-003"))
    assert [Path(problem.file).name for problem in caught.value.problems] == ["a.yaml", "b.yaml", "example.yaml"]


def test_a_folder_without_frameworks_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ControlsError, match="holds no framework"):
        load_frameworks(tmp_path, ())


def touches(tmp_path: Path, *findings: Finding) -> list[Touch]:
    judged = report(*findings)
    (covered,) = coverage(load(tmp_path, TEXT), judged)
    assert (covered.mapped, covered.unmapped) == (1, 1)
    return [each.touch for each in covered.controls]


def test_findings_touch_the_controls_their_rules_contribute_to(tmp_path: Path) -> None:
    waiver = AppliedWaiver(owner="a", approver="b", reason="c", ticket="d", expires="2027-01-31")
    undetermined = finding(answer=Answer.UNDETERMINED)
    waived = finding().model_copy(update={"waiver": waiver})
    nothing = Touch.NOTHING_BEHIND
    assert touches(tmp_path) == [Touch.NO_FINDING, nothing]
    assert touches(tmp_path, finding(rule="NET-002")) == [Touch.NO_FINDING, nothing]
    assert touches(tmp_path, waived) == [Touch.WAIVED, nothing]
    assert touches(tmp_path, waived, undetermined) == [Touch.UNDETERMINED, nothing]
    assert touches(tmp_path, waived, undetermined, finding()) == [Touch.BROKEN, nothing]


def test_without_a_report_nothing_is_said_of_findings(tmp_path: Path) -> None:
    (covered,) = coverage(load(tmp_path, TEXT), None)
    assert [each.touch for each in covered.controls] == [Touch.NOT_JUDGED, Touch.NOTHING_BEHIND]
