from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from planning.plan import Diagnostic, Plan, PlannedResource, Source, StackPlan, summary
from planning.urns import make_urn

STACK = "urn:pulumi:toy-dev::metropole::pulumi:pulumi:Stack::metropole-toy-dev"


def thing(name: str, type_: str = "toy:index:Thing", **fields: Any) -> PlannedResource:
    urn = make_urn("toy-dev", "metropole", STACK, type_, name)
    return PlannedResource.model_validate(
        {"urn": urn, "type": type_, "name": name, "parent": STACK, "custom": True, **fields}
    )


def plan(*resources: PlannedResource, key: str = "k", **fields: Any) -> Plan:
    root = PlannedResource(urn=STACK, type="pulumi:pulumi:Stack", name="metropole-toy-dev", custom=False)
    stack = StackPlan(name="toy-dev", layer="dev", resources=(root, *resources), **fields)
    return Plan(schema_version=1, territory="toy", fingerprint_key=key, stacks=(stack,))


def test_a_plan_survives_its_json() -> None:
    one = thing(
        "one", inputs={"a": {"$unknown": True}, "b": [1, None, {"$secret": "f"}]}, source=Source(file="a.py", line=1)
    )
    written = plan(one, outputs={"x": {"$secret": "f"}}, diagnostics=(Diagnostic(severity="info", message="hello"),))
    assert Plan.from_json(written.to_json()) == written
    assert json.loads(written.to_json())["schema_version"] == 1


def test_a_plan_of_another_schema_is_refused() -> None:
    document = json.loads(plan().to_json())
    for changed in ({**document, "schema_version": 2}, {**document, "novelty": 1}):
        with pytest.raises(ValidationError):
            Plan.from_json(json.dumps(changed))


def test_lookups() -> None:
    planned = plan(thing("one"))
    assert planned.stack("toy-dev").by_urn[thing("one").urn] == thing("one")
    with pytest.raises(KeyError):
        planned.stack("toy-prod")


def test_only_what_an_up_would_make_is_counted() -> None:
    planned = plan(
        thing("one"),
        thing("two"),
        thing("bucket", "toy:index:Bucket"),
        thing("provider", "pulumi:providers:toy"),
        thing("group", "metropole:index:Group", custom=False),
        thing("toy-up", "pulumi:pulumi:StackReference", external=True),
    )
    assert summary(planned, 1.23456) == {
        "territory": "toy",
        "stacks": [{"name": "toy-dev", "resources": 3}],
        "resources": 3,
        "by_type": {"toy:index:Thing": 2, "toy:index:Bucket": 1},
        "digest": planned.digest(),
        "seconds": 1.235,
    }


def test_the_digest_is_of_what_would_be_deployed() -> None:
    one = thing("one", inputs={"a": 1, "s": {"$secret": "f"}}, source=Source(file="a.py", line=1))
    digest = plan(one).digest()
    moved_down = one.model_copy(update={"source": Source(file="a.py", line=2)})
    assert plan(moved_down, diagnostics=(Diagnostic(severity="info", message="hello"),)).digest() == digest
    assert plan(one.model_copy(update={"inputs": {"a": 1, "s": {"$secret": "g"}}}), key="other").digest() == digest
    assert plan(one.model_copy(update={"inputs": {"a": 2, "s": {"$secret": "f"}}})).digest() != digest
    assert plan(one.model_copy(update={"inputs": {"a": 1, "s": "plain"}})).digest() != digest
    assert plan(one, outputs={"x": 1}).digest() != digest
