"""Reading the engine's preview, and that no difference slips through the comparison."""

from __future__ import annotations

import json
from typing import Any

import pytest

from planning.engine_preview import disagreements, read_preview
from planning.plan import CustomTimeouts, PlannedResource, ResourceOptions, Source, StackPlan
from planning.wire import RESOURCE, SIGNATURE, UNKNOWN

STACK = "urn:pulumi:toy-dev::metropole::pulumi:pulumi:Stack::metropole-toy-dev"
ONE = "urn:pulumi:toy-dev::metropole::toy:index:Thing::one"
PROVIDER = f"urn:pulumi:toy-dev::metropole::pulumi:providers:toy::toy::{UNKNOWN}"

STATE: dict[str, Any] = {
    "urn": ONE,
    "custom": True,
    "type": "toy:index:Thing",
    "inputs": {
        "label": "x",
        "later": UNKNOWN,
        "hidden": "[secret]",
        "list": [1, {"a": "[secret]"}],
        "ref": {SIGNATURE: RESOURCE, "urn": ONE, "id": ""},
    },
    "outputs": {"label": "x"},
    "parent": STACK,
    "protect": True,
    "provider": PROVIDER,
    "dependencies": ["urn:b", "urn:a"],
    "propertyDependencies": {"label": ["urn:a"], "list": None, "later": []},
    "customTimeouts": {"create": 60},
    "resourceHooks": {"BeforeCreate": ["guard"]},
    "hideDiff": ["label"],
    "sourcePosition": "project:///components/a%20b.py#12,3",
}


def preview(**changes: Any) -> dict[str, PlannedResource]:
    state = {**STATE, **changes}
    steps = [{"op": "create", "newState": state}, {"op": "delete", "oldState": STATE}]
    return read_preview(json.dumps({"steps": steps}))


def stack(*resources: PlannedResource) -> StackPlan:
    return StackPlan(name="toy-dev", layer="dev", resources=resources)


def test_a_preview_is_read_in_the_plans_own_terms() -> None:
    assert preview() == {
        ONE: PlannedResource(
            urn=ONE,
            type="toy:index:Thing",
            name="one",
            custom=True,
            parent=STACK,
            provider=PROVIDER,
            inputs={
                "label": "x",
                "later": {"$unknown": True},
                "hidden": {"$secret": None},
                "list": [1, {"a": {"$secret": None}}],
                "ref": {"$resource": {"urn": ONE, "id": ""}},
            },
            dependencies=("urn:a", "urn:b"),
            property_dependencies={"label": ("urn:a",)},
            options=ResourceOptions(
                protect=True,
                custom_timeouts=CustomTimeouts(create=60),
                hooks={"before_create": ("guard",)},
                hide_diffs=("label",),
            ),
            source=Source(file="components/a b.py", line=12),
        )
    }


def test_a_preview_agrees_with_itself() -> None:
    (one,) = preview().values()
    assert disagreements(stack(one), preview(), defaults=False) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"custom": False},
        {"external": True},
        {"type": "toy:index:Other"},
        {"parent": ONE},
        {"provider": PROVIDER.replace("toy::toy", "toy::other")},
        {"dependencies": ["urn:a"]},
        {"propertyDependencies": {"label": ["urn:b"]}},
        {"protect": False},
        {"ignoreChanges": ["label"]},
        {"replaceOnChanges": ["label"]},
        {"additionalSecretOutputs": ["label"]},
        {"retainOnDelete": True},
        {"deletedWith": STACK},
        {"replaceWith": [STACK]},
        {"importID": "id"},
        {"customTimeouts": {"create": 61}},
        {"resourceHooks": {"BeforeCreate": ["other"]}},
        {"hideDiff": []},
        {"replacementTrigger": "again"},
        {"aliases": ["urn:pulumi:a::b::c::d"]},
        {"inputs": {**STATE["inputs"], "label": "y"}},
        {"inputs": {**STATE["inputs"], "label": "[secret]"}},
        {"inputs": {**STATE["inputs"], "hidden": "shown"}},
        {"inputs": {**STATE["inputs"], "list": [1]}},
        {"inputs": {**STATE["inputs"], "list": [2, {"a": "[secret]"}]}},
        {"inputs": {**STATE["inputs"], "list": [1, {"a": "b"}]}},
        {"inputs": {key: value for key, value in STATE["inputs"].items() if key != "label"}},
    ],
    ids=",".join,
)
def test_every_difference_is_told(changes: dict[str, Any]) -> None:
    (one,) = preview().values()
    (told,) = disagreements(stack(one), preview(**changes))
    assert told.startswith(f"{ONE}: ")


def test_what_a_provider_adds_is_its_own_business_unless_asked() -> None:
    (one,) = preview().values()
    added = preview(inputs={**STATE["inputs"], "default": 1})
    assert disagreements(stack(one), added) == ()
    assert len(disagreements(stack(one), added, defaults=False)) == 1


def test_what_only_one_side_has_is_told() -> None:
    (one,) = preview().values()
    two = one.model_copy(update={"urn": ONE.replace("one", "two")})
    assert disagreements(stack(two), preview()) == (
        f"{ONE}: only the engine has it",
        f"{two.urn}: only the offline plan has it",
    )
