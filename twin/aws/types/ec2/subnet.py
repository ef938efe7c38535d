"""aws.ec2.Subnet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from providers.logic import CheckFailure
from twin.aws.ec2 import by_prefix, ec2, find_ours, one, record, tag_specifications, update_tags
from twin.aws.networks import network_problem
from twin.aws.session import Session
from twin.aws.spec import output, pascal, prop, request, unless_missing
from twin.aws.tags import TAGS
from twin.framework.check import known as is_known
from twin.framework.declaration import Call, Changes, Given, Inputs, Record, ResourceType

SWITCHES: Final = ("mapPublicIpOnLaunch",)
"""What is only changed after the subnet exists."""
BORN_WITH: Final = ("vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId")


def _create(call: Call[Session], inputs: Inputs) -> str:
    arguments = request(SUBNET.properties, inputs, BORN_WITH)
    return str(ec2(call).create_subnet(**arguments, **tag_specifications("subnet", inputs))["Subnet"]["SubnetId"])


def _settle(call: Call[Session], id_: str, inputs: Inputs) -> None:
    for name in SWITCHES:
        if inputs.get(name):
            _switch(call, id_, name, True)


def _switch(call: Call[Session], id_: str, name: str, to: bool) -> None:
    ec2(call).modify_subnet_attribute(SubnetId=id_, **{pascal(name): {"Value": to}})


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    found = one(call, "describe_subnets", "Subnets", "SubnetIds", id_, "InvalidSubnetID.NotFound")
    return None if found is None else record(call, "subnet", id_, found, known)


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    for name in SWITCHES:
        if changes.touch(name):
            _switch(call, id_, name, bool(changes.new.get(name)))
    update_tags(call, id_, changes)


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    unless_missing(lambda: ec2(call).delete_subnet(SubnetId=id_), "InvalidSubnetID.NotFound")


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return find_ours(call, inputs, "describe_subnets", "Subnets", "SubnetId")


def _has_a_network(inputs: Inputs) -> Iterable[CheckFailure]:
    if "cidrBlock" not in inputs:
        yield CheckFailure("cidrBlock", "`cidrBlock` is needed: the twin's subnets speak IPv4")
    elif is_known(inputs, "cidrBlock") and (problem := network_problem(inputs["cidrBlock"])):
        yield CheckFailure("cidrBlock", f"`cidrBlock` {problem}")


SUBNET = ResourceType[Session](
    "aws:ec2/subnet:Subnet",
    properties=(
        prop("vpcId", replaces=True, samples=(Given("vpc"), Given("other vpc"))),
        prop("cidrBlock", replaces=True, samples=("10.80.200.0/24", "10.80.201.0/24")),
        prop(
            "availabilityZone",
            computed=True,
            replaces=True,
            conflicts=("availabilityZoneId",),
            samples=("eu-west-3a", "eu-west-3b"),
        ),
        prop(
            "availabilityZoneId",
            computed=True,
            replaces=True,
            conflicts=("availabilityZone",),
            samples=("euw3-az1", "euw3-az2"),
        ),
        prop("mapPublicIpOnLaunch", default=False, samples=(True, False)),
        *TAGS,
    ),
    outputs=(output("arn"), output("ownerId")),
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    locate=by_prefix("subnet-"),
    identify=_identify,
    identity=("vpcId", "cidrBlock"),
    rules=(_has_a_network,),
    import_syntax="subnet-…",
)
