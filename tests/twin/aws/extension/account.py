"""A simulated account with the extension, without a server in between, and what tests of EC2 start from."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core.config import DefaultConfig

from twin.aws.server.extension import ec2

REGION = "eu-west-3"
# Clients bring keys of their own: the environment is left as it is.
_OWN_KEYS: DefaultConfig = {"core": {"mock_credentials": False}}


@contextmanager
def account() -> Generator[Any]:
    """An EC2 client of an empty account."""
    ec2.extend()
    with mock_aws(config=_OWN_KEYS):
        yield boto3.client("ec2", region_name=REGION, aws_access_key_id="key", aws_secret_access_key="secret")


def code(action: Callable[[], Any]) -> str:
    """The code that an operation is refused with."""
    with pytest.raises(ClientError) as refusal:
        action()
    return str(refusal.value.response["Error"]["Code"])


def vpc(cloud: Any, network: str = "10.9.0.0/16") -> str:
    return str(cloud.create_vpc(CidrBlock=network)["Vpc"]["VpcId"])


def subnet(cloud: Any, vpc_id: str, network: str = "10.9.1.0/24") -> str:
    made = cloud.create_subnet(VpcId=vpc_id, CidrBlock=network, AvailabilityZone=f"{REGION}a")
    return str(made["Subnet"]["SubnetId"])


def group(cloud: Any, vpc_id: str, name: str = "web") -> str:
    return str(cloud.create_security_group(GroupName=name, Description=name, VpcId=vpc_id)["GroupId"])


def table(cloud: Any, vpc_id: str) -> str:
    return str(cloud.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"])


def gateway(cloud: Any, vpc_id: str | None = None) -> str:
    """A virtual private gateway, attached if a VPC is named."""
    id_ = str(cloud.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"])
    if vpc_id is not None:
        cloud.attach_vpn_gateway(VpnGatewayId=id_, VpcId=vpc_id)
    return id_


_addresses = itertools.count(1)


def address() -> str:
    """A public address that no other customer gateway has."""
    return f"192.0.2.{next(_addresses)}"


def customer(cloud: Any, address: str, asn: int = 65010) -> str:
    made = cloud.create_customer_gateway(Type="ipsec.1", BgpAsn=asn, IpAddress=address)
    return str(made["CustomerGateway"]["CustomerGatewayId"])


def seen(look: Callable[[], Any], times: int = 4) -> list[Any]:
    """What several looks in a row see."""
    return [look() for _ in range(times)]
