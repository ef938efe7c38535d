"""aws.ec2.VpnGateway: the cloud's end of a VPN."""

from __future__ import annotations

from typing import Any

from twin.aws.ec2 import Item, by_prefix, ec2, find_ours, one, record, settled, tag_specifications, update_tags
from twin.aws.session import Session
from twin.aws.spec import output, prop, unless_missing
from twin.aws.tags import TAGS
from twin.framework.declaration import Call, Changes, Given, Inputs, Record, ResourceType


def read_gateway(call: Call[Session], id_: str) -> Item | None:
    """The gateway as EC2 tells it; None when it is gone, or on its way."""
    found = one(call, "describe_vpn_gateways", "VpnGateways", "VpnGatewayIds", id_, "InvalidVpnGatewayID.NotFound")
    return None if found is None or found["State"] in ("deleting", "deleted") else found


def attachment(gateway: Item | None) -> Item | None:
    """The attachment that holds, or is about to."""
    held = (item for item in (gateway or {}).get("VpcAttachments", ()) if item["State"] in ("attaching", "attached"))
    return next(held, None)


def attach(call: Call[Session], id_: str, vpc: str) -> None:
    """Attach a gateway to a VPC and wait until it is."""
    ec2(call).attach_vpn_gateway(VpnGatewayId=id_, VpcId=vpc)
    settled(call, f"attaching {id_}", lambda: attachment(read_gateway(call, id_)), "State", "attaching")


def detach(call: Call[Session], id_: str, vpc: str) -> None:
    """Detach a gateway from a VPC and wait until it is; one that is not attached is no error."""
    missing = ("InvalidVpnGatewayAttachment.NotFound", "InvalidVpnGatewayID.NotFound")
    unless_missing(lambda: ec2(call).detach_vpn_gateway(VpnGatewayId=id_, VpcId=vpc), *missing)

    def leaving() -> Item | None:
        held = (read_gateway(call, id_) or {}).get("VpcAttachments", ())
        return next((item for item in held if item["VpcId"] == vpc and item["State"] != "detached"), None)

    settled(call, f"detaching {id_}", leaving, "State", "attaching", "attached", "detaching")


def _create(call: Call[Session], inputs: Inputs) -> str:
    arguments: dict[str, Any] = {"Type": "ipsec.1"}
    if "amazonSideAsn" in inputs:
        arguments["AmazonSideAsn"] = int(inputs["amazonSideAsn"])
    if "availabilityZone" in inputs:
        arguments["AvailabilityZone"] = inputs["availabilityZone"]
    made = ec2(call).create_vpn_gateway(**arguments, **tag_specifications("vpn-gateway", inputs))
    return str(made["VpnGateway"]["VpnGatewayId"])


def _settle(call: Call[Session], id_: str, inputs: Inputs) -> None:
    if "vpcId" in inputs:
        attach(call, id_, inputs["vpcId"])


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    found = read_gateway(call, id_)
    if found is None:
        return None
    held = attachment(found)
    return {**record(call, "vpn-gateway", id_, found, known), "VpcId": None if held is None else held["VpcId"]}


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    if changes.touch("vpcId"):
        if changes.old.get("vpcId"):
            detach(call, id_, changes.old["vpcId"])
        if changes.new.get("vpcId"):
            attach(call, id_, changes.new["vpcId"])
    update_tags(call, id_, changes)


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    held = attachment(read_gateway(call, id_))
    if held is not None:
        detach(call, id_, held["VpcId"])
    unless_missing(lambda: ec2(call).delete_vpn_gateway(VpnGatewayId=id_), "InvalidVpnGatewayID.NotFound")


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return find_ours(
        call, inputs, "describe_vpn_gateways", "VpnGateways", "VpnGatewayId", lambda item: item["State"] != "deleted"
    )


VPN_GATEWAY = ResourceType[Session](
    "aws:ec2/vpnGateway:VpnGateway",
    properties=(
        prop("amazonSideAsn", computed=True, replaces=True, decode=str, samples=("64600", "64601")),
        prop("availabilityZone", replaces=True, samples=("eu-west-3a", "eu-west-3b")),
        prop("vpcId", computed=True, samples=(Given("free vpc"), Given("other free vpc"))),
        *TAGS,
    ),
    outputs=(output("arn"),),
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    locate=by_prefix("vgw-"),
    identify=_identify,
    import_syntax="vgw-…",
)
