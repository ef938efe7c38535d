"""Nine ways to break a sandbox that stands: each is stopped at the plan, in the program and by the policy pack."""

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

pytestmark = [pytest.mark.api, pytest.mark.slow]


@pytest.fixture(scope="module")
def metro(engine: Engine, vcsim_binary: Path) -> Generator[Metro]:
    """A sandbox that is up: stacks that read others' outputs can be previewed."""
    with metro_on_a_state_of_its_own() as shared:
        brought_up = shared.succeed("up", "-t", "sandbox", "--gate")
        assert "the gate is open" in brought_up.stderr
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
def test_it_is_stopped_at_every_door(metro: Metro, broken: Break, tmp_path: Path) -> None:
    before = counted(metro), held(metro, broken.stack)
    guarded = BrokenCheckout.make(tmp_path / "guarded", metro, broken)
    unguarded = BrokenCheckout.make(tmp_path / "unguarded", metro, broken, guarded=False)

    assert_stopped(guarded.gate(), broken)
    assert_stopped(guarded.pulumi("up", "--yes", "--skip-preview"), broken)
    assert_stopped(unguarded.pulumi("preview", "--policy-pack", str(unguarded.folder / "policies")), broken)

    assert (counted(metro), held(metro, broken.stack)) == before
