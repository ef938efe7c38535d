"""A cloud region, as its component declares it, stands in the simulated cloud and goes again.

What the component asks for is taken from a run without an engine; its ids are replaced by those the cloud gives.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

import pytest

from components.cloud.hybrid_cloud import HybridCloud, HybridCloudArgs
from tests.twin.aws.account import IMAGE, Account
from tests.twin.aws.case import Subject
from tests.unit.components.clouds import cloud_resources, cloud_territory, place
from tests.unit.components.recorder import COMPUTED, Registration, deploy
from twin.aws.provider import AWSProvider

pytestmark = pytest.mark.api


def _asked() -> list[Registration]:
    territory = cloud_territory()

    def program() -> None:
        HybridCloud("paris", HybridCloudArgs(place=place(territory), authorized_keys=["ssh-ed25519 AAAA"]))

    return cloud_resources(deploy(program))


def _with(value: Any, real: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        # Also inside policies; the longest first, for a name may be the end of a longer one.
        for name in sorted(real, key=len, reverse=True):
            value = value.replace(name, real[name])
        return value
    if isinstance(value, list):
        return [_with(part, real) for part in value]
    return {key: _with(part, real) for key, part in value.items()} if isinstance(value, dict) else value


@pytest.fixture(scope="module")
def cloud(provider: AWSProvider) -> Generator[list[tuple[Subject, dict[str, Any]]]]:
    """Everything of the region, made in the program's order, with what was asked of each."""
    territory = cloud_territory()
    real = {territory.cloud_regions[0].image: IMAGE}
    made: list[tuple[Subject, dict[str, Any]]] = []
    for item in _asked():
        subject = Subject(provider, item.type)
        values = {name: _with(value, real) for name, value in item.inputs.items() if value is not None}
        assert not subject.refusals(values), item.name
        subject.create(values)
        made.append((subject, values))
        promised, seen = COMPUTED.get(item.type, {}), subject.seen()
        real |= {f"{item.name}:{promised[key]}": seen[key] for key in promised if key in seen}
        real[f"{item.name}:id"] = subject.id
    yield made
    for subject, _ in reversed(made):
        if subject.outputs:
            subject.delete()


def test_it_is_kept_as_asked(cloud: list[tuple[Subject, dict[str, Any]]]) -> None:
    assert {subject.token.rsplit(":", 1)[-1] for subject, _ in cloud} >= {"Vpc", "VpnConnection", "Instance", "Route"}
    for subject, values in cloud:
        assert subject.refresh() == subject.id, subject.token
        assert not subject.diff(values).changes, subject.token


def test_every_datacenter_reaches_every_subnet(cloud: list[tuple[Subject, dict[str, Any]]], account: Account) -> None:
    ec2 = account.client("ec2")
    (vpc,) = (subject.id for subject, _ in cloud if subject.token.endswith(":Vpc"))
    here = [{"Name": "vpc-id", "Values": [vpc]}]
    tables = [item for item in ec2.describe_route_tables(Filters=here)["RouteTables"] if item["PropagatingVgws"]]
    joined = {end["SubnetId"] for table in tables for end in table["Associations"]}
    assert joined == {item["SubnetId"] for item in ec2.describe_subnets(Filters=here)["Subnets"]}
    (gateway,) = {item["GatewayId"] for table in tables for item in table["PropagatingVgws"]}
    to_gateway = [{"Name": "vpn-gateway-id", "Values": [gateway]}]
    connections = ec2.describe_vpn_connections(Filters=to_gateway)["VpnConnections"]
    inside = [end["TunnelInsideCidr"] for item in connections for end in item["Options"]["TunnelOptions"]]
    assert len(inside) == len(set(inside)) == 2 * len(cloud_territory().datacenters)
    assert not any(item["MapPublicIpOnLaunch"] for item in ec2.describe_subnets(Filters=here)["Subnets"])


def test_it_goes_in_reverse_order_and_leaves_nothing(cloud: list[tuple[Subject, dict[str, Any]]]) -> None:
    for subject, _ in reversed(cloud):
        subject.delete()
    # The lock of a bucket and the default group of a network go when the bucket and the network do.
    assert [subject.token for subject, _ in cloud if subject.refresh()] == []
