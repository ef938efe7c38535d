"""aws.ec2.VpnConnection: two tunnels between a VPN gateway and a customer gateway."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from providers.logic import CheckFailure
from twin.aws.ec2 import Item, by_prefix, ec2, find_ours, one, record, settled, tag_specifications, update_tags
from twin.aws.networks import network_problem
from twin.aws.session import Session
from twin.aws.spec import output, prop, unless_missing
from twin.aws.tags import TAGS
from twin.aws.types.vpn.tunnel_properties import (
    TUNNELS,
    changed,
    read_tunnels,
    tunnel_outputs,
    tunnel_properties,
    written,
)
from twin.framework.check import known as is_known
from twin.framework.declaration import Call, Changes, Given, Inputs, Record, ResourceType
from twin.framework.values import Plain

ENDS: Final = {"customerGatewayId": "CustomerGatewayId", "vpnGatewayId": "VpnGatewayId"}
NETWORKS: Final = {"localIpv4NetworkCidr": "LocalIpv4NetworkCidr", "remoteIpv4NetworkCidr": "RemoteIpv4NetworkCidr"}
_GONE: Final = ("deleting", "deleted")


def _any_state(call: Call[Session], id_: str) -> Item | None:
    missing = "InvalidVpnConnectionID.NotFound"
    return one(call, "describe_vpn_connections", "VpnConnections", "VpnConnectionIds", id_, missing)


def find_connection(call: Call[Session], id_: str) -> Item | None:
    """The connection as EC2 tells it; None when it is gone, or on its way."""
    found = _any_state(call, id_)
    return None if found is None or found["State"] in _GONE else found


def _ready(call: Call[Session], id_: str, doing: str) -> None:
    settled(call, f"{doing} {id_}", lambda: find_connection(call, id_), "State", "pending", "modifying")


def _create(call: Call[Session], inputs: Inputs) -> str:
    options: dict[str, Any] = {
        "StaticRoutesOnly": bool(inputs.get("staticRoutesOnly")),
        "TunnelOptions": [written(number, inputs) for number in TUNNELS],
        **{key: inputs[name] for name, key in NETWORKS.items() if name in inputs},
    }
    made = ec2(call).create_vpn_connection(
        Type=inputs["type"],
        Options=options,
        **{key: inputs[name] for name, key in ENDS.items()},
        **tag_specifications("vpn-connection", inputs),
    )
    return str(made["VpnConnection"]["VpnConnectionId"])


def _settle(call: Call[Session], id_: str, _inputs: Inputs) -> None:
    _ready(call, id_, "making")


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    found = find_connection(call, id_)
    if found is None:
        return None
    options = {key: value for key, value in found["Options"].items() if key != "TunnelOptions"}
    return {**record(call, "vpn-connection", id_, found, known), **options, **read_tunnels(found, known)}


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    for names, modify in ((ENDS, "modify_vpn_connection"), (NETWORKS, "modify_vpn_connection_options")):
        arguments = {key: changes.new[name] for name, key in names.items() if changes.touch(name)}
        if arguments:
            getattr(ec2(call), modify)(VpnConnectionId=id_, **arguments)
            _ready(call, id_, "modifying")
    for number in TUNNELS:
        options = changed(number, changes)
        if options:
            ec2(call).modify_vpn_tunnel_options(
                VpnConnectionId=id_,
                VpnTunnelOutsideIpAddress=changes.old[f"tunnel{number}Address"],
                TunnelOptions=options,
            )
            _ready(call, id_, "modifying")
    update_tags(call, id_, changes)


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    missing = "InvalidVpnConnectionID.NotFound"
    unless_missing(lambda: ec2(call).delete_vpn_connection(VpnConnectionId=id_), missing)
    settled(call, f"deleting {id_}", lambda: _any_state(call, id_), "State", "deleting")


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return find_ours(
        call,
        inputs,
        "describe_vpn_connections",
        "VpnConnections",
        "VpnConnectionId",
        lambda item: item["State"] not in _GONE,
    )


def _ends(inputs: Inputs) -> Iterable[CheckFailure]:
    if "vpnGatewayId" not in inputs:
        yield CheckFailure("vpnGatewayId", "`vpnGatewayId` is needed: the twin has no transit gateways")
    for name in NETWORKS:
        if is_known(inputs, name) and (problem := network_problem(inputs[name])):
            yield CheckFailure(name, f"`{name}` {problem}")


def _routes(value: Plain) -> Plain:
    names = {"destinationCidrBlock": "DestinationCidrBlock", "source": "Source", "state": "State"}
    return [{name: item.get(key) for name, key in names.items()} for item in value]


def _telemetry(value: Plain) -> Plain:
    names = {"acceptedRouteCount": "AcceptedRouteCount", "outsideIpAddress": "OutsideIpAddress", "status": "Status"}
    return [
        {
            **{name: item.get(key) for name, key in names.items()},
            "statusMessage": item.get("StatusMessage"),
            "lastStatusChange": item["LastStatusChange"].isoformat(),
        }
        for item in value
    ]


VPN_CONNECTION = ResourceType[Session](
    "aws:ec2/vpnConnection:VpnConnection",
    properties=(
        prop("type", allowed=("ipsec.1",), replaces=True, samples=("ipsec.1",)),
        prop("customerGatewayId", samples=(Given("customer gateway"), Given("other customer gateway"))),
        prop("vpnGatewayId", samples=(Given("free gateway"), Given("other free gateway"))),
        prop("staticRoutesOnly", computed=True, replaces=True, samples=(True, False)),
        prop("localIpv4NetworkCidr", computed=True, samples=("10.32.0.0/16", "0.0.0.0/0")),
        prop("remoteIpv4NetworkCidr", computed=True, samples=("10.48.0.0/16", "0.0.0.0/0")),
        *(item for number in TUNNELS for item in tunnel_properties(number)),
        *TAGS,
    ),
    outputs=(
        output("arn"),
        output("customerGatewayConfiguration"),
        output("routes", decode=_routes, volatile=True),
        output("vgwTelemetries", "VgwTelemetry", decode=_telemetry, volatile=True),
        *(item for number in TUNNELS for item in tunnel_outputs(number)),
    ),
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    locate=by_prefix("vpn-"),
    identify=_identify,
    identity=("customerGatewayId", "vpnGatewayId"),
    rules=(_ends,),
    import_syntax="vpn-…",
)
