"""aws.ec2.CustomerGateway: what the cloud knows of a router that is not its own."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from providers.logic import CheckFailure, ProviderError
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
from twin.aws.spec import output, prop, unless_missing
from twin.aws.tags import TAGS
from twin.framework.check import known as is_known
from twin.framework.declaration import Call, Inputs, Record, ResourceType

_GONE = ("deleting", "deleted")


def _found(call: Call[Session], id_: str) -> Item | None:
    missing = "InvalidCustomerGatewayID.NotFound"
    found = one(call, "describe_customer_gateways", "CustomerGateways", "CustomerGatewayIds", id_, missing)
    return None if found is None or found["State"] in _GONE else found


def _create(call: Call[Session], inputs: Inputs) -> str:
    address, asn = inputs["ipAddress"], inputs["bgpAsn"]
    with call.world.turn(f"customer gateway {address}"):
        # EC2 answers a second one of the same address and number with the first one, which would be taking it over.
        same = {"ip-address": address, "bgp-asn": asn}
        before = every_of(call, "describe_customer_gateways", "CustomerGateways", same)
        if any(item["State"] not in _GONE for item in before):
            raise ProviderError(f"a customer gateway for {address} with the autonomous system {asn} already exists")
        made = ec2(call).create_customer_gateway(
            Type=inputs["type"],
            IpAddress=address,
            BgpAsn=int(asn),
            **({"DeviceName": inputs["deviceName"]} if "deviceName" in inputs else {}),
            **tag_specifications("customer-gateway", inputs),
        )
    return str(made["CustomerGateway"]["CustomerGatewayId"])


def _settle(call: Call[Session], id_: str, _inputs: Inputs) -> None:
    settled(call, f"making {id_}", lambda: _found(call, id_), "State", "pending")


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    found = _found(call, id_)
    return None if found is None else record(call, "customer-gateway", id_, found, known)


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    missing = "InvalidCustomerGatewayID.NotFound"
    unless_missing(lambda: ec2(call).delete_customer_gateway(CustomerGatewayId=id_), missing)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return find_ours(
        call,
        inputs,
        "describe_customer_gateways",
        "CustomerGateways",
        "CustomerGatewayId",
        lambda item: item["State"] not in _GONE,
    )


def _address_and_number(inputs: Inputs) -> Iterable[CheckFailure]:
    if "ipAddress" not in inputs:
        yield CheckFailure("ipAddress", "`ipAddress` is needed: the twin has no certificates to know a gateway by")
    elif is_known(inputs, "ipAddress"):
        try:
            ipaddress.IPv4Address(inputs["ipAddress"])
        except ValueError:
            yield CheckFailure("ipAddress", f"`ipAddress` must be an IPv4 address, not {inputs['ipAddress']!r}")
    number = inputs.get("bgpAsn")
    if is_known(inputs, "bgpAsn") and not (str(number).isdigit() and 1 <= int(str(number)) <= 2147483647):
        yield CheckFailure("bgpAsn", f"`bgpAsn` must be a number between 1 and 2147483647, not {number!r}")


CUSTOMER_GATEWAY = ResourceType[Session](
    "aws:ec2/customerGateway:CustomerGateway",
    properties=(
        prop("type", allowed=("ipsec.1",), replaces=True, samples=("ipsec.1",)),
        prop("ipAddress", replaces=True, samples=("192.0.2.201", "192.0.2.202")),
        prop("bgpAsn", default="65000", replaces=True, samples=("65010", "65011")),
        prop("deviceName", replaces=True, samples=("lac", "pessac")),
        *TAGS,
    ),
    outputs=(output("arn"),),
    create=_create,
    settle=_settle,
    read=_read,
    update=update_tags,
    delete=_delete,
    locate=by_prefix("cgw-"),
    identify=_identify,
    identity=("ipAddress", "bgpAsn"),
    rules=(_address_and_number,),
    import_syntax="cgw-…",
)
