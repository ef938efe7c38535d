"""What is broken is stopped at every door, with the rule and its remedy, and nothing of it comes into the world."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import pytest

from operations.engine.engine import Engine
from tests.twin.operations.cloud_reader import CloudReader
from tests.twin.operations.conftest import metro_on_a_state_of_its_own
from tests.twin.operations.metro import Metro
from tests.twin.policy.broken import CRASHING_RULE, LATE_OPEN_SSH, Break, BrokenCheckout

pytestmark = pytest.mark.api

SSH = 22


@pytest.fixture(scope="module")
def metro(engine: Engine, vcsim_binary: Path) -> Generator[Metro]:
    """A world with nothing in it, and stacks that can be brought up."""
    with metro_on_a_state_of_its_own() as shared:
        shared.succeed("env", "-t", "sandbox")
        yield shared


def counted(metro: Metro) -> tuple[Counter[str], ...]:
    """All there is, asked past everything of ours."""
    return CloudReader.of(metro).counts(), *(vcenter.counts() for vcenter in metro.vcenters().values())


def assert_stopped(done: subprocess.CompletedProcess[str], *breaks: Break) -> None:
    assert done.returncode != 0, done.stdout
    for broken in breaks:
        assert broken.rule in done.stdout
        assert broken.remedy in done.stdout


def test_a_rule_that_crashes_closes_every_door_and_names_itself(metro: Metro, tmp_path: Path) -> None:
    before = counted(metro)
    guarded = BrokenCheckout.make(tmp_path / "guarded", metro, CRASHING_RULE)
    unguarded = BrokenCheckout.make(tmp_path / "unguarded", metro, CRASHING_RULE, guarded=False)

    assert_stopped(guarded.gate(), CRASHING_RULE)
    assert_stopped(guarded.pulumi("up", "--yes", "--skip-preview"), CRASHING_RULE)
    pack = str(unguarded.folder / "policies")
    assert_stopped(unguarded.pulumi("preview", "--policy-pack", pack), CRASHING_RULE)
    assert_stopped(unguarded.pulumi("up", "--yes", "--skip-preview", "--policy-pack", pack), CRASHING_RULE)

    assert counted(metro) == before


def test_what_only_the_engine_learns_is_stopped_before_it_is_made(metro: Metro, tmp_path: Path) -> None:
    program = BrokenCheckout.make(tmp_path / "guarded", metro, LATE_OPEN_SSH)

    assert_stopped(program.pulumi("up", "--yes", "--skip-preview"), LATE_OPEN_SSH)

    rules = CloudReader.of(metro).ec2.describe_security_group_rules()["SecurityGroupRules"]
    assert [rule for rule in rules if not rule["IsEgress"] and rule.get("FromPort") == SSH] == []
