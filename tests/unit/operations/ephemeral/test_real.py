"""What the janitor takes for real: only what configuration and state both call ephemeral and past its time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from operations.deployment.engine_events import Outcome, StackReport
from operations.ephemeral.janitor import Finding, Verdict
from operations.ephemeral.lease import rfc3339
from operations.ephemeral.real import choices, ephemeral_territories, sweep_real
from operations.errors import AnswerNo, InputError, MachineError
from operations.yaml_files import write_mapping
from stacks.layers import LayerStack

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PAST, FUTURE = rfc3339(NOON - timedelta(hours=1)), rfc3339(NOON + timedelta(hours=1))


def state(environment: str = "ephemeral", expires: str = PAST, **more: object) -> dict[str, Any]:
    """A deployment with a cloud provider as the engine writes it: structured settings are JSON."""
    tags = {"metropole:environment": environment, "metropole:expires": expires}
    provider = {"urn": "urn:p", "type": "pulumi:providers:aws", "inputs": {"defaultTags": json.dumps({"tags": tags})}}
    return {"resources": [provider, {"urn": "urn:v", "type": "aws:ec2/vpc:Vpc", **more}]}


@dataclass
class World:
    """A folder of configurations, a backend, and what was taken down."""

    folder: Path
    deployed: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    taken: list[tuple[str, list[str]]] = field(default_factory=list[tuple[str, list[str]]])
    outcome: Outcome = Outcome.SUCCEEDED

    def configure(self, stack: str, territory: str, environment: str, expires: object = None) -> None:
        said = {} if expires is None else {"metropole:expires": expires}
        config = {"metropole:territory": territory, "metropole:environment": environment, **said}
        write_mapping(self.folder / f"Pulumi.{stack}.yaml", {"config": config})

    def stacks(self) -> frozenset[str]:
        return frozenset(self.deployed)

    def export(self, stack: str) -> Mapping[str, Any] | None:
        return self.deployed[stack]

    def take_down(self, reference: str, stacks: frozenset[str]) -> list[StackReport]:
        self.taken.append((reference, sorted(stacks)))
        return [StackReport(stack, self.outcome) for stack in sorted(stacks)]

    def sweep(self, *, only: str | None = None, dry_run: bool = False) -> dict[str, Finding]:
        found = sweep_real(
            ephemeral_territories(self.folder), lambda: self, self.take_down, NOON, only=only, dry_run=dry_run
        )
        return {finding.name: finding for finding in found}


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Production, an ephemeral territory that lives, and one that is past its time."""
    world = World(tmp_path)
    for stack in ("bordeaux-datacenters", "bordeaux-cloud"):
        world.configure(stack, "bordeaux", "production")
        world.deployed[stack] = state("production", "", protect=True)
    world.configure("living-cloud", "/srv/living", "ephemeral", FUTURE)
    world.deployed["living-cloud"] = state(expires=FUTURE)
    for stack in ("drill-datacenters", "drill-cloud"):
        world.configure(stack, "/srv/drill", "ephemeral", PAST)
        world.deployed[stack] = state()
    return world


def test_only_what_is_ephemeral_and_past_its_time_goes(world: World) -> None:
    found = world.sweep()
    assert {name: finding.verdict for name, finding in found.items()} == {
        "drill": Verdict.REMOVED,
        "living": Verdict.LIVES,
    }
    assert world.taken == [("/srv/drill", ["drill-cloud", "drill-datacenters"])]
    assert (found["drill"].expires, found["living"].expires) == (PAST, FUTURE)


def test_a_dry_run_names_the_stacks_and_takes_none(world: World) -> None:
    drill = world.sweep(dry_run=True)["drill"]
    assert (drill.verdict, drill.detail) == (Verdict.DUE, "drill-cloud, drill-datacenters")
    assert not world.taken


def test_run_again_it_only_looks_for_what_is_left(world: World) -> None:
    del world.deployed["drill-cloud"]
    assert world.sweep()["drill"].verdict is Verdict.REMOVED
    assert world.taken == [("/srv/drill", ["drill-datacenters"])]
    del world.deployed["drill-datacenters"]
    assert "nothing of it is deployed" in world.sweep()["drill"].detail
    assert len(world.taken) == 1


def test_a_stack_that_did_not_go_is_a_failure(world: World) -> None:
    world.outcome = Outcome.FAILED
    drill = world.sweep()["drill"]
    assert drill.verdict is Verdict.FAILED
    assert [stack.name for stack in drill.stacks] == ["drill-cloud", "drill-datacenters"]


@pytest.mark.parametrize("name", ["bordeaux", "nobody"])
def test_what_is_not_ephemeral_is_refused_by_name(world: World, name: str) -> None:
    with pytest.raises(InputError, match="touches nothing else"):
        world.sweep(only=name)
    assert set(world.sweep(only="drill")) == {"drill"}


@pytest.mark.parametrize(
    ("environment", "expires", "words"),
    [
        ("production", None, "configuration says production"),
        ("rehearsal", None, "configuration says rehearsal"),
        ("ephemeral", None, "does not say until when"),
        ("ephemeral", "soon", "'soon', expected RFC 3339"),
        ("ephemeral", "2026-11-23T11:00:00", "expected RFC 3339"),
        ("ephemeral", "2026-11-23", "expected RFC 3339"),
    ],
)
def test_one_stack_that_does_not_say_so_protects_them_all(
    world: World, environment: str, expires: str | None, words: str
) -> None:
    world.configure("drill-datacenters", "/srv/drill", environment, expires)
    drill = world.sweep()["drill"]
    assert drill.verdict is Verdict.REFUSED
    assert words in drill.detail
    assert not world.taken


def test_the_last_of_its_stacks_decides(world: World) -> None:
    world.configure("drill-datacenters", "/srv/drill", "ephemeral", FUTURE)
    assert world.sweep()["drill"].verdict is Verdict.LIVES


@pytest.mark.parametrize(
    ("deployed", "words"),
    [
        (state("production"), "was deployed as production"),
        (state(expires=FUTURE), f"was deployed until {FUTURE}"),
        (state(expires=""), "was deployed until no time"),
        (state(protect=True), "holds what is protected: urn:v"),
        ({"resources": [{"urn": "urn:p", "type": "pulumi:providers:aws"}]}, "was deployed as None"),
    ],
)
def test_a_state_that_says_something_else_protects_them_all(
    world: World, deployed: Mapping[str, Any], words: str
) -> None:
    world.deployed["drill-cloud"] = deployed
    drill = world.sweep()["drill"]
    assert drill.verdict is Verdict.REFUSED
    assert words in drill.detail
    assert not world.taken


def test_another_way_to_write_the_same_moment_is_the_same(world: World) -> None:
    world.deployed["drill-cloud"] = state(expires=(NOON - timedelta(hours=1)).isoformat())
    assert world.sweep()["drill"].verdict is Verdict.REMOVED


def test_a_stack_that_the_data_forgot_is_a_persons_to_destroy() -> None:
    declared = (LayerStack("drill", "datacenters"), LayerStack("drill", "communes", "north"))
    assert choices(declared, {"drill-communes-north"}) == ("communes-north",)
    with pytest.raises(AnswerNo, match="drill-communes-south is deployed and no longer declared"):
        choices(declared, {"drill-communes-south", "drill-datacenters"})


def test_while_everything_lives_the_backend_is_not_asked(world: World) -> None:
    def unreachable() -> World:
        raise MachineError("no backend")

    territories = [each for each in ephemeral_territories(world.folder) if each.name == "living"]
    (finding,) = sweep_real(territories, unreachable, world.take_down, NOON, only=None, dry_run=False)
    assert finding.verdict is Verdict.LIVES


def test_the_checkout_s_own_configuration_has_nothing_for_the_janitor() -> None:
    from operations.deployment.real import CONFIGURATION

    assert ephemeral_territories(CONFIGURATION) == []
