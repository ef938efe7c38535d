"""The file of waivers: what is in ours, and what is said of one that is not as it should be."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from policies.waiver_file import MOST_WAIVERS, SCHEMA_FILE, WAIVERS_FILE, load_waivers, parse_waivers, schema_text
from policies.waivers import apply_waivers
from territory.yaml_source import read_yaml

from .reports import report

ENTRY = """\
  - rule: NET-001
    subject: service backup
    reason: because
    owner: A. Martin
    approver: B. Durand
    ticket: NET-4711
    granted: 2026-11-27
    expires: 2027-01-31
"""
GOOD = f"waivers:\n{ENTRY}"


def said(text: str) -> list[str]:
    """What is wrong with a file, a line each, and that nothing of it is silent."""
    waivers = parse_waivers(text.encode(), "waivers.yaml")
    assert all(problem.remedy for problem in waivers.problems)
    blocking = apply_waivers(report(), waivers, date(2026, 11, 27)).findings
    assert sum(finding.rule == "WAIVER-MALFORMED" and finding.blocks for finding in blocking) == len(waivers.problems)
    return [f"{problem.line}: {problem.message}" for problem in waivers.problems]


def test_ours_can_be_read_and_holds_today_or_says_so() -> None:
    assert load_waivers().problems == ()
    assert WAIVERS_FILE.is_file()


def test_an_entry_keeps_its_line() -> None:
    (entry,) = parse_waivers(GOOD.encode(), "waivers.yaml").entries
    assert (entry.file, entry.line, entry.waiver.expires) == ("waivers.yaml", 2, date(2027, 1, 31))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("    owner: A. Martin\n", "", "2: owner is missing"),
        ("owner:", "owned:", "5: there is no key owned here"),
        ("owner: A. Martin", "owner: 12", "5: owner cannot be read: input should be a valid string"),
        ("owner: A. Martin", "owner:", "5: owner cannot be read: input should be a valid string"),
        ("reason: because", 'reason: " "', "4: reason cannot be read: string should have at least 1 character"),
        ("NET-4711", "not a ticket", "7: ticket cannot be read: string should match pattern '^\\S+$'"),
        ("2027-01-31", "next year", "9: expires cannot be read: input should be a valid date"),
        ("2027-01-31", "2027-02-30", "9: expires cannot be read: input should be a valid date"),
        ("2027-01-31", "2027-05-27", "2: it holds longer than 180 days: 2027-05-26 is the last day"),
        ("2027-01-31", "2026-11-26", "2: it expires on 2026-11-26, before it was granted on 2026-11-27"),
        ("B. Durand", "a. martin", "2: the approver is the owner: somebody else has to agree"),
        ("NET-001", "NET-*", "2: rule cannot be read: string should match pattern"),
        ("service backup", "service *", "2: the name meets nearly everything"),
        ("service backup", '"*"', "3: subject cannot be read: string should have at least 3 characters"),
        ("service backup", '"***"', "2: a pattern names a URN, or a kind of declared thing"),
    ],
)
def test_what_is_wrong_with_an_entry_is_said_at_its_line_and_it_waives_nothing(
    old: str, new: str, expected: str
) -> None:
    text = GOOD.replace(old, new)
    assert text != GOOD
    messages = said(text)
    assert any(message.startswith(expected) for message in messages), messages
    assert parse_waivers(text.encode(), "w").entries == ()


def test_one_bad_entry_does_not_hide_a_good_one() -> None:
    text = GOOD + ENTRY.replace("backup", "dns") + ENTRY.replace("owner", "boss")
    waivers = parse_waivers(text.encode(), "w")
    assert [entry.waiver.subject for entry in waivers.entries] == ["service backup", "service dns"]
    assert len(said(text)) == 2  # a key too many, and the one it is missing


def test_a_key_written_twice_takes_its_entry_with_it() -> None:
    twice = ENTRY.replace("2027-01-31", "2027-01-31\n    expires: 2027-02-01")
    text = f"waivers:\n{twice}{ENTRY.replace('backup', 'dns')}"
    assert said(text) == ['10: the key "expires" is written twice in one mapping; the first is on line 9']
    assert [entry.waiver.subject for entry in parse_waivers(text.encode(), "w").entries] == ["service dns"]


def test_the_same_is_not_waived_twice() -> None:
    assert said(GOOD + ENTRY) == ["10: the same is waived on line 2 already"]
    assert len(parse_waivers((GOOD + ENTRY).encode(), "w").entries) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("waivers: {", "this is not YAML"),
        ("- waivers", "1: the file is not one of waivers"),
        ("waivers: []\nrules: []\n", "2: the file is not one of waivers"),
        ("waivers: all\n", "1: waivers is not a list"),
        ("waivers:\n  - all\n", "2: this cannot be read"),
        ("waivers: &a [*a]\n", "1: there is an anchor, &a"),
        ("a: &a [x]\nwaivers: [*a, *a]\n", "1: there is an anchor, &a"),
        ("waivers: !!python/object:os.system []\n", "1: there is a tag"),
        ("waivers: []\n---\nwaivers: []\n", "2: a second document starts here"),
        ("waivers: " + "[" * 40 + "]" * 40, "1: this is nested too deeply"),
        ("waivers: []\n# \x1b[2J\n", "2: there is a control character in the text"),
        ("#" * ((1 << 20) + 1), "the file is larger"),
    ],
)
def test_what_is_no_file_of_waivers_is_refused(text: str, expected: str) -> None:
    messages = said(text)
    assert len(messages) == 1
    assert expected in messages[0]
    assert parse_waivers(text.encode(), "w").entries == ()


def test_more_waivers_than_anybody_answers_for_are_refused() -> None:
    text = "waivers:\n" + "".join(ENTRY.replace("backup", f"backup-{n}") for n in range(MOST_WAIVERS + 1))
    assert said(text) == [f"{2 + 8 * MOST_WAIVERS}: there are too many waivers; those from here on waive nothing"]
    assert len(parse_waivers(text.encode(), "w").entries) == MOST_WAIVERS


@pytest.mark.parametrize("text", ["", "# nothing\n", "waivers: []\n"])
def test_a_file_may_waive_nothing(text: str) -> None:
    assert said(text) == []


def test_an_absent_file_waives_nothing_and_a_folder_is_a_problem(tmp_path: Path) -> None:
    assert load_waivers(tmp_path / "absent.yaml").problems == ()
    (problem,) = load_waivers(tmp_path).problems
    assert "the file cannot be read" in problem.message


def test_the_schema_is_the_models_and_judges_as_they_do() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), "python -m policies.waiver_file writes it"
    validator = jsonschema.Draft202012Validator(json.loads(schema_text()))
    good, _ = read_yaml(GOOD.encode())
    assert validator.is_valid(good.plain())
    bad, _ = read_yaml(GOOD.replace("owner", "boss").encode())
    assert not validator.is_valid(bad.plain())
