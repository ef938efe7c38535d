"""The public half of the platform in one cloud region: private, encrypted, and tied to every datacenter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pulumi

from components.cloud.access import MachineProfile, MachineProfileArgs, PermissionsBoundary, PermissionsBoundaryArgs
from components.cloud.backup_store import BackupStore, BackupStoreArgs
from components.cloud.datacenter_vpn import DatacenterVpn, DatacenterVpnArgs
from components.cloud.existing import ExistingCloud
from components.cloud.key_policies import Purpose
from components.cloud.keys import CloudKeys, CloudKeysArgs
from components.cloud.logs import CloudLogs, CloudLogsArgs
from components.cloud.network import CloudNetwork, CloudNetworkArgs
from components.cloud.place import CloudPlace
from components.cloud.private_dns import PrivateDns, PrivateDnsArgs
from components.cloud.private_endpoints import (
    GatewayEndpoints,
    GatewayEndpointsArgs,
    InterfaceEndpoints,
    InterfaceEndpointsArgs,
)
from components.cloud.public_hosts import PublicHosts, PublicHostsArgs
from components.cloud.security_groups import SecurityGroups, SecurityGroupsArgs
from components.cloud.security_rules import ENDPOINTS
from components.cloud.site import CloudSite


@dataclass(frozen=True)
class HybridCloudArgs:
    """What a `HybridCloud` is made of."""

    place: CloudPlace
    """The region, its provider and account, and how long things are kept there."""
    authorized_keys: Sequence[str] = ()
    """OpenSSH public keys let into its hosts."""
    existing: ExistingCloud = field(default_factory=ExistingCloud)
    """What is adopted instead of made."""


class HybridCloud(pulumi.ComponentResource):
    """Keys, roles, network, VPN, names, backups and hosts of one region. Nothing in it has a public address."""

    site: CloudSite
    """What the edge fleet, services and border routers need to know of it."""

    def __init__(self, name: str, args: HybridCloudArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:HybridCloud", name, {}, opts)
        place, existing = args.place, args.existing
        child = pulumi.ResourceOptions(parent=self)

        keys = CloudKeys(f"{name}-keys", CloudKeysArgs(place, existing.key_arns), child).arns
        boundary_arn = PermissionsBoundary(f"{name}-boundary", PermissionsBoundaryArgs(place), child).arn
        network = CloudNetwork(f"{name}-network", CloudNetworkArgs(place, existing.vpc_id), child)
        logs = CloudLogs(f"{name}-logs", CloudLogsArgs(place, network.vpc_id, keys[Purpose.LOGS], boundary_arn), child)
        gateways = GatewayEndpoints(
            f"{name}-gateways", GatewayEndpointsArgs(place, network.vpc_id, network.route_table_ids), child
        )
        groups = SecurityGroups(
            f"{name}-groups", SecurityGroupsArgs(place, network.vpc_id, gateways.prefix_list_ids), child
        ).group_ids
        InterfaceEndpoints(
            f"{name}-endpoints",
            InterfaceEndpointsArgs(place, network.vpc_id, network.endpoint_subnet_ids, groups[ENDPOINTS]),
            child,
        )
        vpn = DatacenterVpn(
            f"{name}-vpn",
            DatacenterVpnArgs(
                place, network.vpc_id, network.route_table_ids, logs.tunnels_arn, existing.vpn_gateway_id
            ),
            child,
        )
        dns = PrivateDns(f"{name}-dns", PrivateDnsArgs(place, network.vpc_id, vpn.alarm_names), child)
        backups = BackupStore(
            f"{name}-backups",
            BackupStoreArgs(place, keys[Purpose.BACKUP], boundary_arn, existing.backup_bucket),
            child,
        )
        profile = MachineProfile(f"{name}-machines", MachineProfileArgs(place, boundary_arn), child)
        hosts = PublicHosts(
            f"{name}-hosts",
            PublicHostsArgs(
                place=place,
                zone_subnet_ids=network.zone_subnet_ids,
                group_ids=groups,
                profile_name=profile.profile_name,
                key_arn=keys[Purpose.DATA],
                authorized_keys=args.authorized_keys,
            ),
            child,
        )
        self.site = CloudSite(
            account_id=place.account_id,
            provider_region=place.region.provider_region,
            vpc_id=network.vpc_id,
            key_arns=keys,
            boundary_arn=boundary_arn,
            backup_bucket=backups.bucket_name,
            dns_zone_id=dns.zone_id,
            host_ids=hosts.host_ids,
            tunnel_addresses=vpn.tunnel_addresses,
        )
        self.register_outputs({"vpcId": network.vpc_id, "boundaryArn": boundary_arn})
