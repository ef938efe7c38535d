"""aws.ec2.Vpc."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from providers.logic import CheckFailure
from twin.aws.ec2 import by_prefix, ec2, every_of, find_ours, one, record, tag_specifications, update_tags
from twin.aws.networks import network_problem
from twin.aws.session import Session
from twin.aws.spec import output, pascal, prop, unless_missing
from twin.aws.tags import TAGS
from twin.framework.check import known as is_known
from twin.framework.declaration import Call, Changes, Inputs, Record, ResourceType

ATTRIBUTES: Final = ("enableDnsSupport", "enableDnsHostnames", "enableNetworkAddressUsageMetrics")
"""What EC2 only changes and tells one by one; support before names, which need it."""


def _create(call: Call[Session], inputs: Inputs) -> str:
    made = ec2(call).create_vpc(
        CidrBlock=inputs["cidrBlock"],
        InstanceTenancy=inputs["instanceTenancy"],
        **tag_specifications("vpc", inputs),
    )
    return str(made["Vpc"]["VpcId"])


def _settle(call: Call[Session], id_: str, inputs: Inputs) -> None:
    _set(call, id_, {name: inputs[name] for name in ATTRIBUTES if name in inputs})


def _set(call: Call[Session], id_: str, values: dict[str, Any]) -> None:
    for name in ATTRIBUTES:
        if name in values:
            ec2(call).modify_vpc_attribute(VpcId=id_, **{pascal(name): {"Value": values[name]}})


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    found = one(call, "describe_vpcs", "Vpcs", "VpcIds", id_, "InvalidVpcID.NotFound")
    if found is None:
        return None
    attributes = {
        pascal(name): ec2(call).describe_vpc_attribute(VpcId=id_, Attribute=name)[pascal(name)]["Value"]
        for name in ATTRIBUTES
    }
    routes = _born(call, id_, "describe_route_tables", "RouteTables", "RouteTableId", ("association.main", "true"))
    return {
        **record(call, "vpc", id_, found, known),
        **attributes,
        "MainRouteTableId": routes,
        "DefaultRouteTableId": routes,
        "DefaultNetworkAclId": _born(
            call, id_, "describe_network_acls", "NetworkAcls", "NetworkAclId", ("default", "true")
        ),
        "DefaultSecurityGroupId": _born(
            call, id_, "describe_security_groups", "SecurityGroups", "GroupId", ("group-name", "default")
        ),
    }


def _born(call: Call[Session], vpc: str, operation: str, key: str, id_key: str, mark: tuple[str, str]) -> str | None:
    """The id of what every VPC is born with one of."""
    return next((item[id_key] for item in every_of(call, operation, key, {"vpc-id": vpc, mark[0]: mark[1]})), None)


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    _set(call, id_, {name: bool(changes.new.get(name)) for name in ATTRIBUTES if changes.touch(name)})
    update_tags(call, id_, changes)


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    unless_missing(lambda: ec2(call).delete_vpc(VpcId=id_), "InvalidVpcID.NotFound")


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return find_ours(call, inputs, "describe_vpcs", "Vpcs", "VpcId")


def _has_a_network(inputs: Inputs) -> Iterable[CheckFailure]:
    if "cidrBlock" not in inputs:
        yield CheckFailure("cidrBlock", "`cidrBlock` is needed: the twin has no address manager to ask for one")
    elif is_known(inputs, "cidrBlock") and (problem := network_problem(inputs["cidrBlock"], 16, 28)):
        yield CheckFailure("cidrBlock", f"`cidrBlock` {problem}")


VPC = ResourceType[Session](
    "aws:ec2/vpc:Vpc",
    properties=(
        prop("cidrBlock", replaces=True, samples=("10.90.0.0/16", "10.91.0.0/16")),
        # Another tenancy is dedicated hardware, which only a new network can have.
        prop("instanceTenancy", default="default", allowed=("default",), samples=("default",)),
        prop("enableDnsSupport", default=True, samples=(True, False, True)),
        prop("enableDnsHostnames", computed=True, samples=(True, False)),
        prop("enableNetworkAddressUsageMetrics", computed=True, samples=(True, False)),
        *TAGS,
    ),
    outputs=(
        output("arn"),
        output("ownerId"),
        output("dhcpOptionsId"),
        output("mainRouteTableId"),
        output("defaultRouteTableId"),
        output("defaultNetworkAclId"),
        output("defaultSecurityGroupId"),
    ),
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    locate=by_prefix("vpc-"),
    identify=_identify,
    rules=(_has_a_network,),
    import_syntax="vpc-…",
)
