"""A plan as Terraform would have written it: names, nesting, references, and nothing that nobody may see."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from planning.plan import PlannedResource, StackPlan
from planning.values import Value
from policies.terraform.adapter import TerraformPlan, terraform_plan
from policies.terraform.names import terraform_type, unmapped_types
from policies.terraform.parts import parts_of

BUCKET = "aws:s3/bucket:Bucket"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
UNKNOWN = {"$unknown": True}
CANARY = "hunter2-canary"


def _resource(type_: str, name: str, inputs: dict[str, Value], uses: dict[str, str] | None = None) -> PlannedResource:
    return PlannedResource(
        urn=f"urn:pulumi:s::p::{type_}::{name}",
        type=type_,
        name=name,
        custom=True,
        inputs=inputs,
        property_dependencies={key: (f"urn:pulumi:s::p::{other}",) for key, other in (uses or {}).items()},
    )


def _plan(*resources: PlannedResource) -> TerraformPlan:
    return terraform_plan([StackPlan(name="s", layer="test", resources=resources)])


def _values(type_: str, inputs: dict[str, Value]) -> dict[str, Any]:
    (resource,) = json.loads(_plan(_resource(type_, "x", inputs)).to_json())["planned_values"]["root_module"][
        "resources"
    ]
    return cast("dict[str, Any]", resource["values"])


@pytest.mark.parametrize(
    ("type_", "inputs", "values"),
    [
        (BUCKET, {"forceDestroy": True}, {"force_destroy": True}),
        (BUCKET, {"versioning": {"enabled": True}}, {"versioning": [{"enabled": True}]}),
        (BUCKET, {"tags": {"costCentre": "a"}}, {"tags": {"costCentre": "a"}}),
        (BUCKET, {"bucket": None, "__defaults": ["acl"]}, {}),
        (
            "aws:ec2/instance:Instance",
            {"ebsBlockDevices": [{"deviceName": "a", "__defaults": []}]},
            {"ebs_block_device": [{"device_name": "a"}]},
        ),
        (
            "aws:lambda/function:Function",
            {"name": "f", "environment": {"variables": {"aB": "c"}}},
            {"function_name": "f", "environment": [{"variables": {"aB": "c"}}]},
        ),
        ("aws:dynamodb/table:Table", {"attributes": [{"name": "a"}]}, {"attribute": [{"name": "a"}]}),
        ("aws:iam/policy:Policy", {"policy": {"Statement": []}}, {"policy": '{"Statement": []}'}),
        (
            "aws:ec2/securityGroup:SecurityGroup",
            {"ingress": [{"cidrBlocks": ["a"]}]},
            {"ingress": [{"cidr_blocks": ["a"]}]},
        ),
    ],
)
def test_names_and_nesting(type_: str, inputs: dict[str, Value], values: dict[str, Any]) -> None:
    assert _values(type_, inputs) == values


def test_a_policy_with_something_unknown_inside_is_unknown_as_a_whole() -> None:
    plan = _plan(_resource("aws:iam/policy:Policy", "p", {"policy": {"Statement": [{"Resource": UNKNOWN}]}}))
    (address,) = plan.sent
    assert plan.unknown == {address: {"policy": False}}
    assert plan.converted[address].values == {}
    assert plan.converted[address].after_unknown == {"policy": True}


def test_what_comes_from_a_resource_refers_to_it() -> None:
    plan = _plan(
        _resource(BUCKET, "b", {"bucket": "b"}),
        _resource(BLOCK, "block", {"bucket": UNKNOWN, "blockPublicAcls": True}, {"bucket": f"{BUCKET}::b"}),
    )
    bucket, block = plan.sent
    assert plan.converted[block].expressions == {"bucket": {"references": [f"{bucket}.id", bucket]}}
    assert plan.unknown == {block: {"bucket": True}}
    assert plan.neighbours == {bucket: [block], block: [bucket]}
    assert plan.loose == {}


def test_what_comes_from_elsewhere_may_refer_to_anything() -> None:
    plan = _plan(_resource(BLOCK, "block", {"bucket": UNKNOWN}))
    (address,) = plan.sent
    assert plan.loose == {"s": {"aws_s3_bucket_public_access_block": f"{address}: bucket"}}


def test_known_parts_of_a_list_stay() -> None:
    plan = _plan(
        _resource("aws:ec2/securityGroup:SecurityGroup", "g", {"ingress": [{"cidrBlocks": ["0.0.0.0/0", UNKNOWN]}]})
    )
    (address,) = plan.sent
    assert plan.converted[address].values == {"ingress": [{"cidr_blocks": ["0.0.0.0/0"]}]}
    assert plan.unknown == {address: {"ingress/cidr_blocks": False}}


def test_no_secret_is_written() -> None:
    secret = {"$secret": CANARY}
    plan = _plan(
        _resource("aws:rds/instance:Instance", "d", {"password": secret, "tags": {"a": secret}}),
        _resource("aws:lambda/function:Function", "f", {"environment": {"variables": {"KEY": secret, "MODE": "a"}}}),
        _resource("aws:s3/bucketObject:BucketObject", "o", {"source": {"$asset": {"text": CANARY}}}),
    )
    assert CANARY not in plan.to_json()
    database, function, thing = plan.sent
    assert plan.unknown[database] == {"password": False, "tags/a": False}
    assert plan.unknown[function] == {"environment/variables/KEY": False}
    assert plan.unknown[thing] == {"source": False}
    assert plan.converted[function].values == {"environment": [{"variables": {"MODE": "a"}}]}


def test_a_property_that_no_facts_translate_is_not_taken_for_absent() -> None:
    plan = _plan(_resource("aws:wafv2/webAcl:WebAcl", "w", {"rules": [{"name": "r", "statement": {"a": 1}}]}))
    (address,) = plan.sent
    assert plan.unknown == {address: {"rule/statement": False}}


def test_types_without_checks_are_listed() -> None:
    plan = _plan(_resource("vsphere:index/folder:Folder", "f", {}), _resource(BUCKET, "b", {}))
    assert plan.unmapped == ("vsphere:index/folder:Folder",)
    assert len(plan.sent) == 1


def test_names_that_only_differ_in_odd_characters_stay_apart() -> None:
    plan = _plan(_resource(BUCKET, "a b", {}), _resource(BUCKET, "a_b", {}))
    assert len(plan.sent) == 2


def test_parts_keep_what_is_connected_together() -> None:
    pairs = [
        resource
        for number in range(10)
        for resource in (
            _resource(BUCKET, f"b{number}", {}),
            _resource(BLOCK, f"block{number}", {"bucket": UNKNOWN}, {"bucket": f"{BUCKET}::b{number}"}),
        )
    ]
    plan = _plan(*pairs)
    parts = list(parts_of(plan, size=6))
    assert [len(part.sent) for part in parts] == [6, 6, 6, 2]
    for part in parts:
        for neighbours in part.neighbours.values():
            assert set(neighbours) <= part.sent.keys()


def test_both_names_of_a_load_balancer_are_known() -> None:
    names = [terraform_type(f"aws:{module}/loadBalancer:LoadBalancer") for module in ("lb", "alb", "elb")]
    assert [name and name.name for name in names] == ["aws_lb", "aws_alb", "aws_elb"]
    assert terraform_type("aws:timestreaminfluxdb/dbInstance:DbInstance") is None
    assert all(unmapped_types().values())
