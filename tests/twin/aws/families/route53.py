"""Zones, records and health checks."""

from __future__ import annotations

from typing import Any

from tests.twin.aws.account import REGION, Account
from tests.twin.aws.case import Case
from twin.framework.declaration import Given


def given(account: Account) -> dict[str, Any]:
    ec2, route53 = account.client("ec2"), account.client("route53")
    ids: dict[str, Any] = {}
    for prefix, cidr in (("", "10.250.0.0/24"), ("other ", "10.250.1.0/24")):
        vpc = ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
        ids[f"{prefix}zone vpc"] = vpc
        zone = route53.create_hosted_zone(
            Name="given.internal", CallerReference=vpc, VPC={"VPCId": vpc, "VPCRegion": REGION}
        )
        ids[f"{prefix}zone"] = zone["HostedZone"]["Id"].rsplit("/", 1)[-1]
        alarm = {"Name": f"given-{'other-' if prefix else ''}alarm", "Region": REGION}
        check = route53.create_health_check(
            CallerReference=vpc, HealthCheckConfig={"Type": "CLOUDWATCH_METRIC", "AlarmIdentifier": alarm}
        )
        ids[f"{prefix}health check"] = check["HealthCheck"]["Id"]
    return ids


def _tags(account: Account, kind: str, id_: str) -> dict[str, str]:
    found = account.client("route53").list_tags_for_resource(ResourceType=kind, ResourceId=id_)
    return {tag["Key"]: tag["Value"] for tag in found["ResourceTagSet"]["Tags"]}


def _zone(account: Account, id_: str) -> dict[str, Any]:
    route53 = account.client("route53")
    found = route53.get_hosted_zone(Id=id_)
    records = route53.list_resource_record_sets(HostedZoneId=id_)["ResourceRecordSets"]
    servers = [item["Value"] for record in records if record["Type"] == "NS" for item in record["ResourceRecords"]]
    assert found["HostedZone"]["Config"]["PrivateZone"] == bool(found.get("VPCs"))
    return {
        "name": found["HostedZone"]["Name"].rstrip("."),
        "comment": found["HostedZone"]["Config"]["Comment"],
        "vpcs": [{"vpcId": item["VPCId"], "vpcRegion": item["VPCRegion"]} for item in found.get("VPCs", [])],
        "arn": f"arn:aws:route53:::hostedzone/{id_}",
        "zoneId": id_,
        "nameServers": set(servers),
        "primaryNameServer": servers[0],
        "tagsAll": _tags(account, "hostedzone", id_),
    }


def _health_check(account: Account, id_: str) -> dict[str, Any]:
    config = account.client("route53").get_health_check(HealthCheckId=id_)["HealthCheck"]["HealthCheckConfig"]
    return {
        "type": config["Type"],
        "cloudwatchAlarmName": config["AlarmIdentifier"]["Name"],
        "cloudwatchAlarmRegion": config["AlarmIdentifier"]["Region"],
        "insufficientDataHealthStatus": config["InsufficientDataHealthStatus"],
        "invertHealthcheck": config["Inverted"],
        "disabled": config["Disabled"],
        "arn": f"arn:aws:route53:::healthcheck/{id_}",
        "tagsAll": _tags(account, "healthcheck", id_),
    }


def _record(account: Account, id_: str) -> dict[str, Any]:
    zone, name, kind, *identifier = id_.split("_")
    listed = account.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    (found,) = (
        item
        for item in listed
        if (item["Name"], item["Type"]) == (f"{name}.", kind)
        and item.get("SetIdentifier") == (identifier[0] if identifier else None)
    )
    target = found.get("AliasTarget")
    alias = target and {
        "name": target["DNSName"].rstrip("."),
        "zoneId": target["HostedZoneId"],
        "evaluateTargetHealth": target["EvaluateTargetHealth"],
    }
    return {
        "zoneId": zone,
        "name": found["Name"].rstrip("."),
        "fqdn": found["Name"].rstrip("."),
        "type": found["Type"],
        "ttl": found.get("TTL"),
        "records": {item["Value"] for item in found.get("ResourceRecords", [])},
        "aliases": [alias],
        "setIdentifier": found.get("SetIdentifier"),
        "healthCheckId": found.get("HealthCheckId"),
        "failoverRoutingPolicies": [{"type": found.get("Failover")}],
        "weightedRoutingPolicies": [{"weight": found.get("Weight")}],
    }


CASES = {
    "route53.Zone": Case(
        minimal=lambda name: {
            "name": f"{name}.internal",
            "vpcs": [{"vpcId": Given("zone vpc"), "vpcRegion": REGION}],
            "tags": {"Name": name},
        },
        read=_zone,
        unknowable=frozenset({"forceDestroy"}),
    ),
    "route53.HealthCheck": Case(
        minimal=lambda name: {
            "type": "CLOUDWATCH_METRIC",
            "cloudwatchAlarmName": Given("alarm"),
            "cloudwatchAlarmRegion": REGION,
            "tags": {"Name": name},
        },
        read=_health_check,
        alone=False,
    ),
    "route53.Record": Case(
        minimal=lambda name: {
            "zoneId": Given("zone"),
            "name": f"{name}.given.internal",
            "type": "A",
            "ttl": 60,
            "records": ["10.0.0.1"],
        },
        read=_record,
        company={
            "aliases": {"records": None, "ttl": None},
            "setIdentifier": {"weightedRoutingPolicies": [{"weight": 1}]},
            "weightedRoutingPolicies": {"setIdentifier": "north"},
            "failoverRoutingPolicies": {"setIdentifier": "north", "healthCheckId": Given("health check")},
        },
        nothing="Z0_nothing.given.internal_A",
    ),
}
