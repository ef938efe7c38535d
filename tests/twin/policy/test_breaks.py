"""Ten ways to break a sandbox that stands: each is stopped at the plan, in its program and by the policy pack."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from operations.engine.engine import Engine
from operations.recovery.checkpoint import deployment_in
from tests.twin.operations.conftest import metro_on_a_state_of_its_own
from tests.twin.operations.metro import Metro
from tests.twin.policy.broken import BREAKS, Break, BrokenCheckout
from tests.twin.policy.test_doors import assert_stopped, counted

pytestmark = pytest.mark.api

OTHERS = {
    "sandbox-account": "aws:guardduty/detector:Detector",
    "sandbox-cloud": "aws:ec2/subnet:Subnet",
    "sandbox-events": "aws:sqs/queue:Queue",
    "sandbox-network": "vsphere:index/tag:Tag",
}
"""Stack to a type of it that nothing is wrong with."""


@pytest.fixture(scope="module")
def metro(engine: Engine, vcsim_binary: Path) -> Generator[Metro]:
    """A sandbox that is up: stacks that read others' outputs can be previewed."""
    with metro_on_a_state_of_its_own() as shared:
        brought_up = shared.succeed("up", "-t", "sandbox", "--gate")
        assert brought_up.json["gate"]["verdict"] == "pass"
        yield shared


def held(metro: Metro, stack: str) -> dict[str, Any]:
    """What the engine wrote down of all that a provider made; of the rest it may write down that it looked."""
    resources: list[dict[str, Any]] = (deployment_in(metro.project.state_file(stack)) or {})["resources"]
    made = {each["urn"]: (each["id"], each.get("inputs"), each.get("outputs")) for each in resources if each.get("id")}
    return without_ciphertext(made)


def without_ciphertext(value: Any) -> Any:
    """Every write encrypts each secret anew."""
    if isinstance(value, dict):
        return {key: without_ciphertext(inner) for key, inner in value.items() if key != "ciphertext"}
    if isinstance(value, list | tuple):
        return [without_ciphertext(inner) for inner in value]
    return value


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: broken.name)
def test_each_alone_is_stopped_at_the_plan(metro: Metro, broken: Break, tmp_path: Path) -> None:
    assert_stopped(BrokenCheckout.make(tmp_path / "broken", metro, broken).gate(), broken)


@pytest.mark.parametrize("stack", OTHERS)
def test_all_of_a_stack_are_stopped_by_the_engine(metro: Metro, stack: str, tmp_path: Path) -> None:
    breaks = [broken for broken in BREAKS if broken.stack == stack]
    before = counted(metro), held(metro, stack)
    guarded = BrokenCheckout.make(tmp_path / "guarded", metro, *breaks)
    unguarded = BrokenCheckout.make(tmp_path / "unguarded", metro, *breaks, guarded=False)
    pack = ("--policy-pack", str(unguarded.folder / "policies"))
    at_once, target = ("up", "--yes", "--skip-preview"), ("--target", f"**::{OTHERS[stack]}::**")

    assert_stopped(guarded.pulumi(*at_once), *breaks)
    assert_stopped(guarded.pulumi(*at_once, *target), *breaks)
    assert_stopped(unguarded.pulumi("preview", *pack), *breaks)
    updated = unguarded.pulumi(*at_once, *pack)
    # It ends at the first resource that is refused, so of several breaks it need not tell all.
    assert_stopped(updated, next(broken for broken in breaks if broken.rule in updated.stdout))

    assert (counted(metro), held(metro, stack)) == before
