"""What is only known once a stack is up: a rule that is broken there fails the stack's turn, and so the command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from operations.console import Console
from operations.deployment.engine_events import Outcome, StackReport
from operations.deployment.stacks import raise_for
from operations.errors import AnswerNo
from operations.guard.gated import Gated
from operations.guard.gatekeeper import Gatekeeper
from planning.values import UNKNOWN
from tests.unit.operations.guard.plans import BASTION, EVERYBODY, STACK, URN, inputs, judged

UP = StackReport(STACK, Outcome.SUCCEEDED)


def settled(cidr: Any, report: StackReport = UP) -> StackReport:
    """What becomes of a stack's turn whose plan did not know the address, and whose state holds it."""
    keeper = Gatekeeper(Path("/nowhere"))
    territory = keeper.begun[STACK] = judged(UNKNOWN)
    gate = Gated(keeper, territory.report, Console())
    deployment = {"resources": [{"urn": URN, "outputs": inputs(cidr)}]}
    (after,) = gate.after([report], {STACK: deployment}.get)
    return after


def test_a_value_that_breaks_a_rule_fails_the_turn(capsys: pytest.CaptureFixture[str]) -> None:
    report = settled(EVERYBODY)
    assert report.outcome is Outcome.FAILED
    assert "NET-001 fails" in str(report.failures[0])
    assert "NET-001 fails, critical" in capsys.readouterr().err
    with pytest.raises(AnswerNo):
        raise_for([report])


def test_a_value_that_is_well_leaves_it_as_it_was() -> None:
    assert settled(BASTION) == UP


def test_what_is_unknown_still_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    sealed = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:abc"}
    assert settled(sealed) == UP
    assert "NET-001 is still undetermined" in capsys.readouterr().err


def test_a_turn_that_failed_is_not_asked_about() -> None:
    failed = StackReport(STACK, Outcome.FAILED)
    assert settled(EVERYBODY, failed) == failed
