"""The territory's private names as one cloud region answers them, with failover between the datacenters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.cloud.dns_records import TTL_S, DnsRecord, records
from components.cloud.place import CloudPlace
from territory import naming


@dataclass(frozen=True)
class PrivateDnsArgs:
    """What a `PrivateDns` is made of."""

    place: CloudPlace
    """Whose network asks."""
    vpc_id: pulumi.Input[str]
    """The only network that gets answers."""
    alarm_names: Mapping[str, pulumi.Input[str]]
    """Datacenter to the alarm that rings when it cannot be reached."""


class PrivateDns(pulumi.ComponentResource):
    """A private zone and its records.

    Health is judged by alarms: the provider's own checkers stand on the internet and cannot reach private addresses.
    """

    zone_id: pulumi.Output[str]
    """Example: `Z0123456789ABCDEFGHIJ`."""

    def __init__(self, name: str, args: PrivateDnsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:PrivateDns", name, {}, opts)
        self._name = name
        self._place = place = args.place
        zone = aws.route53.Zone(
            f"{name}-zone",
            name=naming.dns_domain(place.territory),
            comment=f"{place.territory.title}, as {place.region.name} sees it",
            vpcs=[aws.route53.ZoneVpcArgs(vpc_id=args.vpc_id, vpc_region=place.region.provider_region)],
            force_destroy=place.retention.force_destroy,
            tags={"Name": f"{name}-zone"},
            opts=place.options(self, holds_state=True),
        )
        self.zone_id = zone.zone_id
        health = {dc: self._health_check(dc, alarm) for dc, alarm in args.alarm_names.items()}
        for record in records(place.territory, place.region):
            self._record(record, health)
        self.register_outputs({"zoneId": self.zone_id})

    def _health_check(self, dc: str, alarm: pulumi.Input[str]) -> pulumi.Output[str]:
        return aws.route53.HealthCheck(
            f"{self._name}-{dc}",
            type="CLOUDWATCH_METRIC",
            cloudwatch_alarm_name=alarm,
            cloudwatch_alarm_region=self._place.region.provider_region,
            insufficient_data_health_status="Unhealthy",
            tags={"Name": f"{self._name}-{dc}"},
            opts=self._place.options(self),
        ).id

    def _record(self, record: DnsRecord, health: Mapping[str, pulumi.Output[str]]) -> None:
        labels = record.name.removesuffix(f".{naming.dns_domain(self._place.territory)}").replace(".", "-")
        failover = record.failover
        aws.route53.Record(
            f"{self._name}-{labels}" + (f"-{failover.lower()}" if failover else ""),
            zone_id=self.zone_id,
            name=record.name,
            type="A",
            ttl=TTL_S,
            records=list(record.addresses),
            set_identifier=record.site if failover else None,
            failover_routing_policies=[aws.route53.RecordFailoverRoutingPolicyArgs(type=failover)]
            if failover
            else None,
            # The secondary is given out whether it can be reached or not: there is nothing behind it.
            health_check_id=health[record.site] if failover == "PRIMARY" else None,
            opts=self._place.options(self),
        )
