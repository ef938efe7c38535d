"""The machines that public assets run on in one cloud region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.cloud.backup_store import BACKUP_TAG, vault_name
from components.cloud.instance_types import instance_type
from components.cloud.place import CloudPlace
from components.cloud.security_rules import group_key
from components.user_data import public_user_data
from territory import cloud_addressing, naming
from territory.model import Asset, Service, Zone
from territory.topology import public_assets


@dataclass(frozen=True)
class PublicHostsArgs:
    """What `PublicHosts` are made of."""

    place: CloudPlace
    """Where they are."""
    zone_subnet_ids: Mapping[Zone, Mapping[str, pulumi.Input[str]]]
    """Security zone to availability zone to subnet."""
    group_ids: Mapping[str, pulumi.Input[str]]
    """`<service>-<asset>` to its security group."""
    profile_name: pulumi.Input[str]
    """What they may do by themselves."""
    key_arn: pulumi.Input[str]
    """The key of their disks."""
    authorized_keys: Sequence[str] = ()
    """OpenSSH public keys let into them."""


class PublicHosts(pulumi.ComponentResource):
    """Every replica of every public asset, spread over availability zones; none has a public address."""

    host_ids: Mapping[str, pulumi.Output[str]]
    """Host name to instance. Example: `{"cloud-paris-open-data-portal-1": "i-0a1b…"}`."""

    def __init__(self, name: str, args: PublicHostsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:PublicHosts", name, {}, opts)
        self._name = name
        self._args = args
        region = args.place.region
        self.host_ids = {
            hostname: self._host(service, asset, replica, hostname)
            for service, asset in public_assets(args.place.territory, region)
            for replica, hostname in enumerate(naming.asset_guest_names(region, service, asset), start=1)
        }
        self.register_outputs({"hostIds": self.host_ids})

    def _host(self, service: Service, asset: Asset, replica: int, hostname: str) -> pulumi.Output[str]:
        args, place = self._args, self._args.place
        stands = cloud_addressing.public_address(place.territory, place.region, service, asset, replica)
        tags = {
            "Name": hostname,
            "metropole:service": service.id,
            "metropole:criticality": service.criticality.value,
        }
        if asset.zone is Zone.DATA:
            tags[BACKUP_TAG] = vault_name(place)
        return aws.ec2.Instance(
            f"{self._name}-{group_key(service, asset)}-{replica}",
            ami=place.region.image,
            instance_type=instance_type(asset),
            subnet_id=args.zone_subnet_ids[asset.zone][stands.availability_zone],
            private_ip=str(stands.address),
            associate_public_ip_address=False,
            vpc_security_group_ids=[args.group_ids[group_key(service, asset)]],
            iam_instance_profile=args.profile_name,
            metadata_options=aws.ec2.InstanceMetadataOptionsArgs(
                http_endpoint="enabled",
                # Version 2 only, and one hop: not for whoever makes a program fetch an address, nor for a container.
                http_tokens="required",
                http_put_response_hop_limit=1,
            ),
            root_block_device=aws.ec2.InstanceRootBlockDeviceArgs(
                encrypted=True, kms_key_id=args.key_arn, volume_type="gp3", delete_on_termination=True
            ),
            ebs_optimized=True,
            monitoring=True,
            disable_api_termination=place.retention.protect and asset.zone is Zone.DATA,
            user_data=public_user_data(
                hostname, naming.asset_dns_name(place.territory, service, asset), args.authorized_keys
            ),
            tags=tags,
            opts=place.options(self, holds_state=asset.zone is Zone.DATA),
        ).id
