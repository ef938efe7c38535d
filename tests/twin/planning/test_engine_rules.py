"""The offline plan and the pinned engine's own preview agree on everything the engine has a rule for."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from operations.engine.engine import Engine
from planning.engine_preview import disagreements
from planning.errors import PlanningError
from planning.offline import StackProgram, plan_programs
from tests.twin.planning.engine_project import EngineProject, EngineRefusedError
from tests.twin.planning.toy_provider import serving

PROGRAMS = Path(__file__).resolve().parents[2] / "unit/planning/programs"
CONFIG = {"pulumi:disable-default-providers": '["*"]'}
TOKEN = {"metropole:token": "hunter2"}

pytestmark = pytest.mark.api


@pytest.fixture
def provider_port() -> Generator[int]:
    with serving() as port:
        yield port


def _configuration() -> dict[str, object]:
    return {**CONFIG, **{key: {"secure": value} for key, value in TOKEN.items()}}


def test_every_rule_of_registration(engine: Engine, tmp_path: Path, provider_port: int) -> None:
    project = EngineProject.make(engine, tmp_path, PROGRAMS / "rules", provider_port)
    project.add_stack("toy-rules", CONFIG, TOKEN)
    preview = project.preview("toy-rules")
    plan = plan_programs(PROGRAMS / "rules", [StackProgram("toy-rules", "rules", _configuration())], territory="toy")
    assert len(preview) > 20
    assert disagreements(plan.stacks[0], preview, defaults=False) == ()


def test_stack_references(engine: Engine, tmp_path: Path, provider_port: int) -> None:
    project = EngineProject.make(engine, tmp_path, PROGRAMS / "upstream", provider_port)
    for stack in ("toy-up", "toy-down"):
        project.add_stack(stack, CONFIG, TOKEN)
    stacks = [
        StackProgram("toy-up", "up", _configuration()),
        StackProgram("toy-down", "down", _configuration(), upstream=("toy-up",)),
    ]
    plan = plan_programs(PROGRAMS / "upstream", stacks, territory="toy")
    assert disagreements(plan.stack("toy-up"), project.preview("toy-up"), defaults=False) == ()
    project.up("toy-up")
    assert disagreements(plan.stack("toy-down"), project.preview("toy-down"), defaults=False) == ()


def test_aliases(engine: Engine, tmp_path: Path, provider_port: int) -> None:
    project = EngineProject.make(engine, tmp_path, PROGRAMS / "moved", provider_port)
    project.add_stack("toy-moved", CONFIG, {})
    project.up("toy-moved")
    project.run("config", "set", "--stack", "toy-moved", "metropole:after", "true")
    preview = project.preview("toy-moved")
    configuration = {**CONFIG, "metropole:after": True}
    plan = plan_programs(PROGRAMS / "moved", [StackProgram("toy-moved", "moved", configuration)], territory="toy")
    things = [resource for resource in plan.stacks[0].resources if resource.type == "toy:index:Thing"]
    assert len(things) == 5
    assert {resource.urn: resource.options.aliases for resource in things} == {
        urn: resource.options.aliases for urn, resource in preview.items() if resource.type == "toy:index:Thing"
    }


@pytest.mark.parametrize(
    "case",
    [
        "duplicate",
        "duplicate-under-component",
        "no-provider",
        "no-provider-for-function",
        "bad-type",
        "bad-timeout",
        "failing-transform",
        "two-hooks-of-one-name",
    ],
)
def test_what_the_engine_refuses(engine: Engine, tmp_path: Path, provider_port: int, case: str) -> None:
    project = EngineProject.make(engine, tmp_path, PROGRAMS / "refused", provider_port)
    project.add_stack(case, CONFIG, {})
    with pytest.raises(PlanningError) as refused:
        plan_programs(PROGRAMS / "refused", [StackProgram(case, "refused", CONFIG)], territory="toy")
    with pytest.raises(EngineRefusedError) as engines:
        project.preview(case)
    assert refused.value.message.removeprefix("invoke transform: ") in engines.value.said
