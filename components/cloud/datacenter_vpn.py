"""The way between the datacenters and one cloud region: BGP over two tunnels to each datacenter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.cloud.place import CloudPlace
from components.cloud.tunnel_parameters import tunnel_parameters
from territory import addressing, cloud_addressing
from territory.model import Datacenter

ALARM_PERIOD_S = 60
ALARM_PERIODS = 2


@dataclass(frozen=True)
class DatacenterVpnArgs:
    """What a `DatacenterVpn` is made of."""

    place: CloudPlace
    """The cloud's end; the others are the territory's datacenters."""
    vpc_id: pulumi.Input[str]
    """The network that is joined."""
    route_table_ids: Mapping[str, pulumi.Input[str]]
    """Availability zone to the route table that learns what the datacenters announce."""
    log_group_arn: pulumi.Input[str]
    """Where tunnels write what they do."""
    existing_gateway_id: str | None = None
    """A VPN gateway that is attached already and is not managed; its autonomous system stays as it is."""


class DatacenterVpn(pulumi.ComponentResource):
    """VPN gateway, a customer gateway and a connection for each datacenter, routes, and an alarm for each."""

    tunnel_addresses: Mapping[str, Mapping[int, pulumi.Output[str]]]
    """Datacenter to tunnel, 1 or 2, to the provider's public end. Inside, addresses follow from the territory."""
    alarm_names: Mapping[str, pulumi.Output[str]]
    """Datacenter to the alarm that rings when none of its tunnels is up."""

    def __init__(self, name: str, args: DatacenterVpnArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:DatacenterVpn", name, {}, opts)
        self._name = name
        self._args = args
        self._place = args.place
        attached, gateway_id = self._gateway()
        self._routes(gateway_id, attached)
        connections = {dc.id: self._connection(dc, gateway_id) for dc in args.place.territory.datacenters}
        self.tunnel_addresses = {
            dc: {1: connection.tunnel1_address, 2: connection.tunnel2_address} for dc, connection in connections.items()
        }
        self.alarm_names = {dc: self._alarm(dc, connection) for dc, connection in connections.items()}
        self.register_outputs({"alarmNames": self.alarm_names})

    def _gateway(self) -> tuple[list[pulumi.Resource], pulumi.Input[str]]:
        if self._args.existing_gateway_id:
            return [], self._args.existing_gateway_id
        gateway = aws.ec2.VpnGateway(
            f"{self._name}-gateway",
            amazon_side_asn=str(cloud_addressing.cloud_asn(self._place.region)),
            tags={"Name": f"{self._name}-gateway"},
            opts=self._place.options(self),
        )
        attachment = aws.ec2.VpnGatewayAttachment(
            f"{self._name}-attachment",
            vpc_id=self._args.vpc_id,
            vpn_gateway_id=gateway.id,
            opts=self._place.options(self),
        )
        return [attachment], gateway.id

    def _routes(self, gateway_id: pulumi.Input[str], attached: list[pulumi.Resource]) -> None:
        space = self._place.territory.address_space
        # What BGP announces is longer than these and wins; while it is silent, nothing else can attract the territory.
        own = {"sites": space.sites, "links": space.links}
        own |= {f"communes-{departement.lower()}": network for departement, network in space.communes.items()}
        for zone, route_table_id in self._args.route_table_ids.items():
            aws.ec2.VpnGatewayRoutePropagation(
                f"{self._name}-propagation-{zone}",
                route_table_id=route_table_id,
                vpn_gateway_id=gateway_id,
                opts=self._place.options(self, after=attached),
            )
            for what, network in own.items():
                aws.ec2.Route(
                    f"{self._name}-{what}-{zone}",
                    route_table_id=route_table_id,
                    destination_cidr_block=str(network),
                    gateway_id=gateway_id,
                    opts=self._place.options(self, after=attached),
                )

    def _connection(self, dc: Datacenter, gateway_id: pulumi.Input[str]) -> aws.ec2.VpnConnection:
        customer = aws.ec2.CustomerGateway(
            f"{self._name}-{dc.id}-router",
            type="ipsec.1",
            ip_address=str(dc.vpn_address),
            bgp_asn=str(addressing.site_asn(dc)),
            device_name=dc.id,
            tags={"Name": f"{self._name}-{dc.id}-router"},
            opts=self._place.options(self),
        )
        return aws.ec2.VpnConnection(
            f"{self._name}-{dc.id}",
            type="ipsec.1",
            vpn_gateway_id=gateway_id,
            customer_gateway_id=customer.id,
            static_routes_only=False,
            tunnel1_log_options=aws.ec2.VpnConnectionTunnel1LogOptionsArgs(
                cloudwatch_log_options=aws.ec2.VpnConnectionTunnel1LogOptionsCloudwatchLogOptionsArgs(
                    log_enabled=True, log_group_arn=self._args.log_group_arn, log_output_format="json"
                )
            ),
            tunnel2_log_options=aws.ec2.VpnConnectionTunnel2LogOptionsArgs(
                cloudwatch_log_options=aws.ec2.VpnConnectionTunnel2LogOptionsCloudwatchLogOptionsArgs(
                    log_enabled=True, log_group_arn=self._args.log_group_arn, log_output_format="json"
                )
            ),
            tags={"Name": f"{self._name}-{dc.id}"},
            opts=self._place.options(self),
            **tunnel_parameters(self._place.region, dc),
        )

    def _alarm(self, dc: str, connection: aws.ec2.VpnConnection) -> pulumi.Output[str]:
        return aws.cloudwatch.MetricAlarm(
            f"{self._name}-{dc}-down",
            name=self._place.name(f"vpn-{dc}"),
            alarm_description=f"No tunnel between {dc} and {self._place.region.id} is up",
            namespace="AWS/VPN",
            metric_name="TunnelState",
            dimensions={"VpnId": connection.id},
            statistic="Maximum",
            comparison_operator="LessThanThreshold",
            threshold=1,
            period=ALARM_PERIOD_S,
            evaluation_periods=ALARM_PERIODS,
            # A gateway that says nothing of its tunnels is as good as none.
            treat_missing_data="breaching",
            tags={"Name": f"{self._name}-{dc}-down"},
            opts=self._place.options(self),
        ).name
