"""The network of one cloud region: private subnets for each security zone in each availability zone, and no way out
but the routes that others add.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.cloud.place import CloudPlace
from territory import addressing, cloud_addressing
from territory.model import Zone


@dataclass(frozen=True)
class CloudNetworkArgs:
    """What a `CloudNetwork` is made of."""

    place: CloudPlace
    """Where it is."""
    existing_vpc_id: str | None = None
    """A VPC that is used and not managed; the region's /16 has to be one of its blocks. Example: `vpc-0a1b…`."""


class CloudNetwork(pulumi.ComponentResource):
    """VPC, subnets, a route table for each availability zone; nothing here has, or leads to, a public address."""

    vpc_id: pulumi.Input[str]
    """Example: `vpc-0a1b2c3d4e5f60718`."""
    zone_subnet_ids: Mapping[Zone, Mapping[str, pulumi.Output[str]]]
    """Security zone to availability zone to subnet."""
    endpoint_subnet_ids: Mapping[str, pulumi.Output[str]]
    """Availability zone to the subnet of the provider's private endpoints."""
    route_table_ids: Mapping[str, pulumi.Output[str]]
    """Availability zone to the route table of all its subnets."""

    def __init__(self, name: str, args: CloudNetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:CloudNetwork", name, {}, opts)
        self._name = name
        self._place = args.place
        territory, region = args.place.territory, args.place.region
        self.vpc_id = args.existing_vpc_id or self._vpc()
        self.route_table_ids = {
            zone: aws.ec2.RouteTable(
                f"{name}-routes-{zone}",
                vpc_id=self.vpc_id,
                tags={"Name": f"{name}-routes-{zone}"},
                opts=args.place.options(self),
            ).id
            for zone in region.zones
        }
        self.zone_subnet_ids = {
            zone: {
                letter: self._subnet(
                    zone.value, letter, str(cloud_addressing.zone_subnet(territory, region, zone, letter))
                )
                for letter in region.zones
            }
            for zone in Zone
        }
        self.endpoint_subnet_ids = {
            letter: self._subnet("endpoints", letter, str(cloud_addressing.endpoint_subnet(territory, region, letter)))
            for letter in region.zones
        }
        self.register_outputs({"vpcId": self.vpc_id})

    def _vpc(self) -> pulumi.Output[str]:
        place = self._place
        vpc = aws.ec2.Vpc(
            f"{self._name}-vpc",
            cidr_block=str(addressing.cloud_block(place.territory, place.region)),
            # Private endpoints and the private zone answer under names.
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": f"{self._name}-vpc"},
            opts=place.options(self, holds_state=True),
        )
        # Whatever is put into the network and says nothing gets this group: it lets nothing in and nothing out.
        aws.ec2.DefaultSecurityGroup(
            f"{self._name}-default",
            vpc_id=vpc.id,
            ingress=[],
            egress=[],
            tags={"Name": f"{self._name}-default"},
            opts=place.options(self),
        )
        return vpc.id

    def _subnet(self, purpose: str, letter: str, block: str) -> pulumi.Output[str]:
        place = self._place
        name = f"{self._name}-{purpose}-{letter}"
        subnet = aws.ec2.Subnet(
            name,
            vpc_id=self.vpc_id,
            cidr_block=block,
            availability_zone=f"{place.region.provider_region}{letter}",
            map_public_ip_on_launch=False,
            tags={"Name": name},
            opts=place.options(self),
        )
        association = aws.ec2.RouteTableAssociation(
            f"{name}-routes",
            subnet_id=subnet.id,
            route_table_id=self.route_table_ids[letter],
            opts=place.options(self),
        )
        # A machine started before its subnet has its routes would start without them.
        return pulumi.Output.all(subnet.id, association.id).apply(lambda ids: ids[0])
