"""What is heard of each host in events that ansible-runner really sent (`recorded/`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from providers.hosts.outcome import Outcome, State, Tally, said
from providers.hosts.rules import listed, rules_of

HOSTS = ("good", "bad", "secretly", "looped", "gone")
RECORDED = Path(__file__).with_name("recorded")


def _events(name: str) -> Iterator[dict[str, Any]]:
    for line in (RECORDED / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def _heard(name: str, *hosts: str, until: str = "", cut_short: str = "") -> dict[str, Outcome]:
    tally = Tally(hosts or HOSTS)
    for event in _events(name):
        if until and event["event"] == until:
            break
        tally.hear(event)
    return tally.outcomes(cut_short=cut_short, evidence="/evidence/log")


def test_a_first_run():
    heard = _heard("apply")
    good = heard["good"]
    assert (good.state, good.problem, good.failed_rules) == (State.DONE, "", ())
    assert (good.tasks, good.changed, good.rules) == (4, 3, ("R28", "R30", "R35"))

    assert (heard["bad"].state, heard["bad"].failed_rules) == (State.FAILED, ("R31",))
    assert heard["bad"].problem == "task 'R31 | Fail where told' failed: told to with a long message"
    assert heard["bad"].rules == ("R28", "R30")
    assert heard["gone"].state is State.UNREACHABLE
    assert heard["gone"].problem == "ssh: connect to host 127.0.0.1 port 1: Connection refused"
    assert {outcome.evidence for outcome in heard.values()} == {"/evidence/log"}


def test_what_is_not_to_be_logged_is_not_said():
    secretly = _heard("apply")["secretly"]
    assert secretly.state is State.FAILED
    assert secretly.problem == "task 'R31 | Fail in secret' failed: what it said is hidden, for it holds secrets"


def test_of_a_loop_the_item_that_failed_is_told():
    looped = _heard("apply")["looped"]
    assert looped.failed_rules == ("R33",)
    assert "non-zero return code" in looped.problem


def test_a_second_run_changes_nothing_but_what_a_task_always_does():
    assert _heard("apply-again")["good"].rules == ("R35",)


def test_check_mode_finds_what_was_edited_and_what_is_gone():
    good = _heard("check")["good"]
    assert good.state is State.DONE
    assert good.rules == ("R28", "R30")


def test_a_run_that_was_ended_says_where_each_host_was():
    heard = _heard("apply", until="playbook_on_notify", cut_short="not through in 9 s")
    assert heard["bad"].state is State.FAILED
    assert heard["gone"].state is State.UNREACHABLE
    assert heard["good"].state is State.UNFINISHED
    assert heard["good"].problem.startswith("not through in 9 s, at task 'R3")
    assert heard["good"].tasks > 0


def test_a_host_that_no_play_is_for_is_not_done():
    assert _heard("apply", "other")["other"] == Outcome(
        State.UNFINISHED, problem="no play of the playbook is for it", evidence="/evidence/log"
    )


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (
            "unreadable",
            "[ERROR]: YAML parsing failed: While parsing a flow node did not find expected node content.",
        ),
        ("no-ansible", "The command was not found or was not executable: ansible-playbook."),
    ],
)
def test_a_run_that_never_began_says_why(name: str, problem: str):
    assert {outcome.problem for outcome in _heard(name).values()} == {problem}
    assert {outcome.state for outcome in _heard(name).values()} == {State.UNFINISHED}


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ({"msg": "one\n  two\tthree"}, "one two three"),
        ({"msg": "non-zero return code", "stderr": "no such unit\n"}, "non-zero return code: no such unit"),
        ({"msg": "MODULE FAILURE", "module_stderr": "Killed"}, "MODULE FAILURE"),
        ({"module_stderr": "Killed"}, "Killed"),
        ({}, "it did not say why"),
        ({"msg": "x" * 900}, "x" * 400),
    ],
)
def test_a_failure_in_one_line(result: dict[str, Any], words: str):
    assert said(result) == words


def test_a_rule_is_what_stands_before_the_bar():
    assert rules_of("R33 R79 | Restart the audit daemon") == ("R33", "R79")
    assert rules_of("Gather facts") == ("Gather facts",)
    assert rules_of(" | odd") == (" | odd",)
    assert rules_of("x" * 200) == ("x" * 60,)
    assert listed(["R1", "R2", "R3"], most=2) == "R1, R2 and 1 more"
    assert listed(["R1", "R2"], most=2) == "R1, R2"
