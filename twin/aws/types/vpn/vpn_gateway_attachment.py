"""aws.ec2.VpnGatewayAttachment: which private network a VPN gateway serves."""

from __future__ import annotations

import zlib

from providers.logic import ProviderError
from twin.aws.ec2 import nothing
from twin.aws.session import Session
from twin.aws.spec import prop
from twin.aws.types.vpn.vpn_gateway import attach, attachment, detach, read_gateway
from twin.framework.declaration import Call, Found, Given, Inputs, Record, ResourceType


def _made_up(inputs: Inputs) -> str:
    """The id the official provider makes up, since EC2 has none."""
    ends = f"{inputs['vpcId']}-{inputs['vpnGatewayId']}"
    return f"vpn-attachment-{zlib.crc32(ends.encode()):x}"


def _create(call: Call[Session], inputs: Inputs) -> str:
    gateway, vpc = inputs["vpnGatewayId"], inputs["vpcId"]
    with call.world.turn(gateway):
        held = attachment(read_gateway(call, gateway))
        if held is not None:
            raise ProviderError(f"an attachment of {gateway}, to {held['VpcId']}, already exists")
        attach(call, gateway, vpc)
    return _made_up(inputs)


def _read(call: Call[Session], _id: str, known: Inputs) -> Record | None:
    gateway, vpc = known.get("vpnGatewayId"), known.get("vpcId")
    held = attachment(read_gateway(call, gateway)) if gateway else None
    return {"VpcId": vpc, "VpnGatewayId": gateway} if held is not None and held["VpcId"] == vpc else None


def _delete(call: Call[Session], _id: str, known: Inputs) -> None:
    detach(call, known["vpnGatewayId"], known["vpcId"])


def _locate(_call: Call[Session], name: str) -> Found | None:
    vpc, _, gateway = name.partition("_")
    ends = {"vpcId": vpc, "vpnGatewayId": gateway}
    return Found(_made_up(ends), ends) if gateway.startswith("vgw-") else None


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return None if _read(call, "", inputs) is None else _made_up(inputs)


VPN_GATEWAY_ATTACHMENT = ResourceType[Session](
    "aws:ec2/vpnGatewayAttachment:VpnGatewayAttachment",
    properties=(
        prop("vpcId", replaces=True, samples=(Given("free vpc"), Given("other free vpc"))),
        prop("vpnGatewayId", replaces=True, samples=(Given("free gateway"), Given("other free gateway"))),
    ),
    outputs=(),
    create=_create,
    read=_read,
    update=nothing,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    # Neither a gateway nor a VPC has two.
    identity=("vpnGatewayId",),
    # The official provider imports none; recovery needs it.
    import_syntax="vpc-…_vgw-…",
)
