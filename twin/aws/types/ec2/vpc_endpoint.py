"""aws.ec2.VpcEndpoint: a service of the cloud, reached without leaving the private network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from providers.logic import CheckFailure
from twin.aws.documents import policy
from twin.aws.ec2 import (
    Item,
    by_prefix,
    ec2,
    every_of,
    find_ours,
    one,
    record,
    settled,
    tag_specifications,
    update_tags,
)
from twin.aws.session import Session
from twin.aws.spec import output, prop, request, unless_missing
from twin.aws.tags import TAGS
from twin.framework.declaration import Call, Changes, Given, Inputs, Record, ResourceType
from twin.framework.values import Plain

MEMBERS: Final = {"routeTableIds": "RouteTableIds", "subnetIds": "SubnetIds", "securityGroupIds": "SecurityGroupIds"}
"""Sets that are changed by what comes and what goes."""
_MISSING: Final = "InvalidVpcEndpointId.NotFound"
_GONE: Final = ("deleting", "deleted")


def _any_state(call: Call[Session], id_: str) -> Item | None:
    return one(call, "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointIds", id_, _MISSING)


def _found(call: Call[Session], id_: str) -> Item | None:
    found = _any_state(call, id_)
    return None if found is None or found["State"].lower() in _GONE else found


def _create(call: Call[Session], inputs: Inputs) -> str:
    names = ("vpcId", "serviceName", "vpcEndpointType", "policy", "privateDnsEnabled", *MEMBERS)
    arguments = request(VPC_ENDPOINT.properties, inputs, names)
    made = ec2(call).create_vpc_endpoint(**arguments, **tag_specifications("vpc-endpoint", inputs))
    return str(made["VpcEndpoint"]["VpcEndpointId"])


def _settle(call: Call[Session], id_: str, _inputs: Inputs) -> None:
    settled(call, f"making {id_}", lambda: _found(call, id_), "State", "pending")


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    found = _found(call, id_)
    if found is None:
        return None
    lists = every_of(call, "describe_prefix_lists", "PrefixLists", {"prefix-list-name": found["ServiceName"]})
    by_route = lists if found["VpcEndpointType"] == "Gateway" else []
    return {
        **record(call, "vpc-endpoint", id_, found, known),
        "SecurityGroupIds": [item["GroupId"] for item in found.get("Groups", ())],
        "PrefixListId": by_route[0]["PrefixListId"] if by_route else None,
        "CidrBlocks": by_route[0].get("Cidrs") if by_route else None,
    }


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    arguments: dict[str, Any] = {}
    if changes.touch("policy"):
        arguments["PolicyDocument"] = changes.new["policy"]
    if changes.touch("privateDnsEnabled"):
        arguments["PrivateDnsEnabled"] = bool(changes.new.get("privateDnsEnabled"))
    for name, key in MEMBERS.items():
        if changes.touch(name):
            before, after = set(changes.old.get(name) or ()), set(changes.new.get(name) or ())
            arguments |= {f"Add{key}": sorted(after - before)} if after - before else {}
            arguments |= {f"Remove{key}": sorted(before - after)} if before - after else {}
    if arguments:
        ec2(call).modify_vpc_endpoint(VpcEndpointId=id_, **arguments)
        settled(call, f"modifying {id_}", lambda: _found(call, id_), "State", "pending")
    update_tags(call, id_, changes)


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    unless_missing(lambda: ec2(call).delete_vpc_endpoints(VpcEndpointIds=[id_]), _MISSING)
    settled(call, f"deleting {id_}", lambda: _any_state(call, id_), "State", "deleting")


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return find_ours(
        call,
        inputs,
        "describe_vpc_endpoints",
        "VpcEndpoints",
        "VpcEndpointId",
        lambda item: item["State"].lower() not in _GONE,
    )


def _dns_entries(value: Plain) -> Plain:
    return [{"dnsName": item["DnsName"], "hostedZoneId": item["HostedZoneId"]} for item in value]


def _has_a_service(inputs: Inputs) -> Iterable[CheckFailure]:
    if "serviceName" not in inputs:
        yield CheckFailure("serviceName", "`serviceName` must be specified")


VPC_ENDPOINT = ResourceType[Session](
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    properties=(
        prop("vpcId", replaces=True, samples=(Given("vpc"), Given("other vpc"))),
        prop("serviceName", replaces=True, samples=("com.amazonaws.eu-west-3.s3", "com.amazonaws.eu-west-3.dynamodb")),
        prop(
            "vpcEndpointType",
            default="Gateway",
            allowed=("Gateway", "Interface"),
            replaces=True,
            samples=("Gateway", "Interface"),
        ),
        policy("policy", "PolicyDocument", computed=True, samples=(Given("endpoint policy"), Given("no policy"))),
        prop(
            "routeTableIds",
            computed=True,
            unordered=True,
            samples=([Given("route table")], [Given("route table"), Given("other route table")], []),
        ),
        prop(
            "subnetIds",
            computed=True,
            unordered=True,
            samples=([Given("subnet")], [Given("other subnet")], [Given("subnet"), Given("other subnet")]),
        ),
        prop(
            "securityGroupIds",
            computed=True,
            unordered=True,
            samples=([Given("group")], [Given("group"), Given("other group")], [Given("other group")]),
        ),
        prop("privateDnsEnabled", computed=True, samples=(True, False)),
        *TAGS,
    ),
    outputs=(
        output("arn"),
        output("ownerId"),
        output("state"),
        output("prefixListId"),
        output("cidrBlocks"),
        output("networkInterfaceIds"),
        output("dnsEntries", decode=_dns_entries),
    ),
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    locate=by_prefix("vpce-"),
    identify=_identify,
    # One service has one route in a table, and one name in a network.
    identity=("vpcId", "serviceName"),
    rules=(_has_a_service,),
    import_syntax="vpce-…",
)
