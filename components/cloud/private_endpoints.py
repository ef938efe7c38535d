"""The provider's own services, reached inside the network instead of over the internet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.cloud.place import CloudPlace
from components.cloud.policy_documents import to_json
from components.cloud.role_policies import endpoint_policy

GATEWAY_SERVICES = ("s3", "dynamodb")
"""Reached by a route; they cost nothing."""
INTERFACE_SERVICES = ("kms", "logs", "sts")
"""Reached at an address in the endpoints' subnets."""


@dataclass(frozen=True)
class GatewayEndpointsArgs:
    """What `GatewayEndpoints` are made of."""

    place: CloudPlace
    """Where they are."""
    vpc_id: pulumi.Input[str]
    """The network they are reached from."""
    route_table_ids: Mapping[str, pulumi.Input[str]]
    """Availability zone to the route table they are entered into."""


class GatewayEndpoints(pulumi.ComponentResource):
    """Services reached by a route, for roles and resources of the account only."""

    prefix_list_ids: Mapping[str, pulumi.Output[str]]
    """Service to the list of its public addresses, as security groups name it. Example: `{"s3": "pl-…"}`."""

    def __init__(self, name: str, args: GatewayEndpointsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:GatewayEndpoints", name, {}, opts)
        place = args.place
        self.prefix_list_ids = {
            service: aws.ec2.VpcEndpoint(
                f"{name}-{service}",
                vpc_id=args.vpc_id,
                service_name=_service_name(place, service),
                vpc_endpoint_type="Gateway",
                route_table_ids=list(args.route_table_ids.values()),
                policy=to_json(endpoint_policy(place.account_id)),
                tags={"Name": f"{name}-{service}"},
                opts=place.options(self),
            ).prefix_list_id
            for service in GATEWAY_SERVICES
        }
        self.register_outputs({"prefixListIds": self.prefix_list_ids})


@dataclass(frozen=True)
class InterfaceEndpointsArgs:
    """What `InterfaceEndpoints` are made of."""

    place: CloudPlace
    """Where they are."""
    vpc_id: pulumi.Input[str]
    """The network they are reached from."""
    subnet_ids: Mapping[str, pulumi.Input[str]]
    """Availability zone to the subnet they get an address in."""
    security_group_id: pulumi.Input[str]
    """Who may reach them."""


class InterfaceEndpoints(pulumi.ComponentResource):
    """Services reached at a private address under their public name, for roles and resources of the account only."""

    def __init__(self, name: str, args: InterfaceEndpointsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:InterfaceEndpoints", name, {}, opts)
        place = args.place
        for service in INTERFACE_SERVICES:
            aws.ec2.VpcEndpoint(
                f"{name}-{service}",
                vpc_id=args.vpc_id,
                service_name=_service_name(place, service),
                vpc_endpoint_type="Interface",
                subnet_ids=list(args.subnet_ids.values()),
                security_group_ids=[args.security_group_id],
                private_dns_enabled=True,
                policy=to_json(endpoint_policy(place.account_id)),
                tags={"Name": f"{name}-{service}"},
                opts=place.options(self),
            )
        self.register_outputs({})


def _service_name(place: CloudPlace, service: str) -> str:
    return f"com.amazonaws.{place.region.provider_region}.{service}"
