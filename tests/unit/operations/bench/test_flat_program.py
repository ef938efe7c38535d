"""The anchor of `bench plan` registers what our program does, and a difference would not go unseen."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.bench.flat_program import flat_program
from operations.bench.plan import PlanBench, inputs_of, plan_once, prepare
from operations.territories import choose_territory
from planning.plan import PlannedResource, StackPlan


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> PlanBench:
    return prepare(choose_territory("bordeaux"), tmp_path_factory.mktemp("flat"))


def test_the_flat_program_has_the_types_names_inputs_and_wiring_of_ours(bench: PlanBench) -> None:
    ours = inputs_of(plan_once(bench.job.model_copy(update={"with_plans": True})))
    flat = inputs_of(plan_once(bench.flat.model_copy(update={"with_plans": True})))
    assert ours == flat
    assert ours.total() > bench.resources > 250  # providers come on top


def test_the_flat_program_knows_nothing_of_ours(bench: PlanBench) -> None:
    assert bench.flat.flat is not None
    for file in bench.flat.flat.glob("*.py"):
        text = file.read_text()
        assert "ComponentResource" not in text
        imported = {
            line.split()[1].split("_")[0] for line in text.splitlines() if line.startswith(("from ", "import "))
        }
        assert imported == {"pulumi"}


def test_an_input_that_differs_is_seen(bench: PlanBench, tmp_path: Path) -> None:
    assert bench.flat.flat is not None
    for file in bench.flat.flat.glob("*.py"):
        (tmp_path / file.name).write_text(file.read_text().replace("'fullyAutomated'", "'manual'"))
    ours = inputs_of(plan_once(bench.job.model_copy(update={"with_plans": True})))
    changed = inputs_of(plan_once(bench.flat.model_copy(update={"flat": tmp_path, "with_plans": True})))
    assert {line.partition(":Comp")[0] for line in ours - changed} == {"vsphere:index/computeCluster"}


def test_nothing_is_counted_that_is_not_a_managed_resource(bench: PlanBench) -> None:
    report = plan_once(bench.flat)
    assert report.resources == bench.resources
    assert all(timing.plan is None and timing.seconds > 0 for timing in report.timings)


def test_what_no_literal_can_say_is_refused() -> None:
    inputs = {"name": {"$asset": {"path": "notes.txt"}}}
    resource = PlannedResource(
        urn="urn:pulumi:s::p::vsphere:index/folder:Folder::f",
        type="vsphere:index/folder:Folder",
        name="f",
        custom=True,
        inputs={"path": inputs["name"]},
    )
    with pytest.raises(ValueError, match="asset"):
        flat_program(StackPlan(name="s", layer="l", resources=(resource,)), {})
