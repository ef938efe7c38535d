from __future__ import annotations

import json
from collections import Counter
from functools import cache
from typing import Any

import pulumi
import pytest

from components.cloud.existing import ExistingCloud
from components.cloud.hybrid_cloud import HybridCloud, HybridCloudArgs
from components.cloud.key_policies import Purpose
from components.retention import Environment
from territory import addressing
from tests.unit.components.clouds import ACCOUNT, PROVIDER, cloud_resources, cloud_territory, place, policy
from tests.unit.components.example import example
from tests.unit.components.recorder import Recorder, deploy

TERRITORY = cloud_territory()
HOLDS_STATE = {"Vpc", "Key", "Bucket", "Vault", "LogGroup", "Instance", "Zone"}


def _deploy(
    environment: Environment = Environment.REHEARSAL,
    existing: ExistingCloud | None = None,
    *,
    preview: bool = False,
    territory: Any = TERRITORY,
) -> Recorder:
    def program() -> None:
        cloud = HybridCloud(
            "paris",
            HybridCloudArgs(
                place=place(territory, environment),
                authorized_keys=["ssh-ed25519 AAAA"],
                existing=existing or ExistingCloud(),
            ),
        )
        pulumi.export("keys", {purpose.value: arn for purpose, arn in cloud.site.key_arns.items()})
        pulumi.export("boundary", cloud.site.boundary_arn)
        pulumi.export("bucket", cloud.site.backup_bucket)
        pulumi.export("hosts", cloud.site.host_ids)
        pulumi.export(
            "tunnels", {dc: {str(n): a for n, a in t.items()} for dc, t in cloud.site.tunnel_addresses.items()}
        )

    return deploy(program, preview=preview)


@cache
def _up(preview: bool = False) -> Recorder:
    return _deploy(preview=preview)


@pytest.mark.parametrize("preview", [False, True])
def test_every_child_names_its_provider_and_begins_with_its_parent(preview: bool):
    recorder = _up(preview)
    assert {r.provider for r in cloud_resources(recorder)} == {PROVIDER}
    children = [r for r in recorder.registrations if r.name not in {PROVIDER, "paris"}]
    assert [r.name for r in children if not r.name.startswith(f"{r.parent}-")] == []


def test_a_preview_declares_what_an_update_makes():
    assert {(r.type, r.name) for r in _up(True).registrations} == {(r.type, r.name) for r in _up().registrations}


def test_components_register_their_outputs_once():
    recorder = _up()
    assert sorted(r.name for r in recorder.registrations if not r.custom) == sorted(filter(None, recorder.finished))


def test_what_can_carry_tags_has_a_name_of_its_own():
    names = [r.inputs["tags"]["Name"] for r in cloud_resources(_up()) if "tags" in r.inputs]
    assert len(names) > 40
    assert len(set(names)) == len(names)


def test_nothing_leads_to_the_internet():
    recorder = _up()
    assert not recorder.of("InternetGateway")
    assert not recorder.of("NatGateway")
    assert all(subnet.inputs["mapPublicIpOnLaunch"] is False for subnet in recorder.of("Subnet"))
    assert all(host.inputs["associatePublicIpAddress"] is False for host in recorder.of("Instance"))
    assert all(route.inputs["gatewayId"] == "paris-vpn-gateway:id" for route in recorder.of("Route"))
    (default,) = recorder.of("DefaultSecurityGroup")
    assert (default.inputs["ingress"], default.inputs["egress"]) == ([], [])


def test_subnets_cover_every_zone_and_follow_their_own_route_table():
    recorder = _up()
    subnets = {r.name.removeprefix("paris-network-"): r.inputs for r in recorder.of("Subnet")}
    assert len(subnets) == 12
    assert subnets["dmz-b"]["cidrBlock"] == "10.49.44.0/22"
    assert subnets["dmz-b"]["availabilityZone"] == "eu-west-3b"
    for association in recorder.of("RouteTableAssociation"):
        letter = association.parent and association.name.removesuffix("-routes")[-1]
        assert association.inputs["routeTableId"] == f"paris-network-routes-{letter}:id"


def test_every_datacenter_is_joined_by_bgp_over_two_tunnels():
    recorder = _up()
    assert {r.name: (r.inputs["ipAddress"], r.inputs["bgpAsn"]) for r in recorder.of("CustomerGateway")} == {
        "paris-vpn-lac-router": ("192.0.2.1", "64513"),
        "paris-vpn-pessac-router": ("192.0.2.2", "64514"),
    }
    assert recorder["paris-vpn-gateway"].inputs["amazonSideAsn"] == "64529"
    connections = recorder.of("VpnConnection")
    insides = [connection.inputs[f"tunnel{n}InsideCidr"] for connection in connections for n in (1, 2)]
    assert len(set(insides)) == 4
    assert all(connection.inputs["staticRoutesOnly"] is False for connection in connections)
    assert not [key for connection in connections for key in connection.inputs if "reshared" in key]
    assert recorder.outputs["tunnels"] == {
        dc: {"1": f"paris-vpn-{dc}:address-1", "2": f"paris-vpn-{dc}:address-2"} for dc in ("lac", "pessac")
    }


def test_the_territory_is_routed_to_the_gateway_in_every_zone_once_it_is_attached():
    recorder = _up()
    routes = {(r.inputs["routeTableId"], r.inputs["destinationCidrBlock"]) for r in recorder.of("Route")}
    assert routes == {
        (f"paris-network-routes-{zone}:id", block)
        for zone in "ab"
        for block in ("10.0.0.0/12", "10.32.0.0/16", "10.64.0.0/10")
    }
    for route in (*recorder.of("Route"), *recorder.of("VpnGatewayRoutePropagation")):
        assert "paris-vpn-attachment" in route.depends_on


def test_each_key_turns_and_has_a_purpose():
    recorder = _up()
    assert {key.name for key in recorder.of("Key")} == {f"paris-keys-{purpose.value}-key" for purpose in Purpose}
    for key in recorder.of("Key"):
        assert key.inputs["enableKeyRotation"] is True
        assert key.inputs["deletionWindowInDays"] == 7
    used = {
        "paris-logs-flows": ("kmsKeyId", Purpose.LOGS),
        "paris-backups-vault": ("kmsKeyArn", Purpose.BACKUP),
    }
    for name, (key, purpose) in used.items():
        assert recorder[name].inputs[key] == f"paris-keys-{purpose.value}-key:arn"
    assert recorder.outputs["keys"] == {purpose.value: f"paris-keys-{purpose.value}-key:arn" for purpose in Purpose}


def test_the_backup_bucket_is_locked_before_anybody_may_use_it():
    recorder = _up()
    name = f"example-paris-backup-{ACCOUNT}"
    assert recorder["paris-backups-bucket-bucket"].inputs == {
        "bucket": name,
        "objectLockEnabled": True,
        "forceDestroy": True,
        "tags": {"Name": "paris-backups-bucket-bucket"},
    }
    assert recorder["paris-backups-bucket-lock"].inputs["rule"] == {
        "defaultRetention": {"mode": "GOVERNANCE", "days": 1}
    }
    assert "paris-backups-bucket-versioning" in recorder["paris-backups-bucket-lock"].depends_on
    assert recorder["paris-backups-bucket-ownership"].inputs["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    rules = recorder["paris-backups-bucket-encryption"].inputs["rules"]
    assert rules[0]["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"] == "paris-keys-backup-key:arn"
    assert all(
        recorder["paris-backups-bucket-public-access"].inputs[key]
        for key in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    )
    said = policy(recorder["paris-backups-bucket-policy"].inputs["policy"])
    assert said["OnlyOverTls"]["Resource"][0] == "paris-backups-bucket-bucket:arn"


def test_backups_are_made_of_what_is_tagged_and_kept_in_the_locked_vault():
    recorder = _up()
    (lock,) = recorder.of("VaultLockConfiguration")
    assert (lock.inputs["minRetentionDays"], "changeableForDays" in lock.inputs) == (1, False)
    (plan,) = recorder.of("Plan")
    assert plan.inputs["rules"][0]["lifecycle"] == {"deleteAfter": 1}
    (selection,) = recorder.of("Selection")
    (tag,) = selection.inputs["selectionTags"]
    tagged = [
        h.inputs["tags"]["Name"] for h in recorder.of("Instance") if h.inputs["tags"].get(tag["key"]) == tag["value"]
    ]
    assert tagged == ["paris-portal-copy-1"]


def test_every_role_stays_inside_the_boundary():
    recorder = _up()
    roles = recorder.of("Role")
    assert {role.inputs["name"] for role in roles} == {
        "example-paris-flow-logs",
        "example-paris-backup",
        "example-paris-hosts",
    }
    assert {role.inputs["permissionsBoundary"] for role in roles} == {"paris-boundary-policy:arn"}
    assert recorder.outputs["boundary"] == "paris-boundary-policy:arn"


def test_flows_are_written_down_where_only_the_territory_reads():
    recorder = _up()
    (flow_log,) = recorder.of("FlowLog")
    assert flow_log.inputs["trafficType"] == "ALL"
    assert flow_log.inputs["logDestination"] == "paris-logs-flows:arn"
    assert {group.inputs["retentionInDays"] for group in recorder.of("LogGroup")} == {1}
    pattern = policy(recorder["paris-keys-logs-key"].inputs["policy"])["LogsOfTheTerritory"]["Condition"]["ArnLike"]
    assert pattern == {
        "kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:eu-west-3:{ACCOUNT}:log-group:/metropole/example/paris/*"
    }
    assert all(group.inputs["name"].startswith("/metropole/example/paris/") for group in recorder.of("LogGroup"))


def test_failover_follows_the_alarm_of_the_primarys_datacenter():
    recorder = _up()
    primary = recorder["paris-dns-db-portal-primary"].inputs
    assert primary["healthCheckId"] == "paris-dns-lac:id"
    assert primary["failoverRoutingPolicies"] == [{"type": "PRIMARY"}]
    assert "healthCheckId" not in recorder["paris-dns-db-portal-secondary"].inputs
    check = recorder["paris-dns-lac"].inputs
    assert (check["type"], check["cloudwatchAlarmName"]) == ("CLOUDWATCH_METRIC", "example-paris-vpn-lac")
    alarm = recorder["paris-vpn-lac-down"].inputs
    assert (alarm["namespace"], alarm["metricName"], alarm["treatMissingData"]) == (
        "AWS/VPN",
        "TunnelState",
        "breaching",
    )
    assert alarm["dimensions"] == {"VpnId": "paris-vpn-lac:id"}
    assert recorder["paris-dns-zone"].inputs["vpcs"] == [{"vpcId": "paris-network-vpc:id", "vpcRegion": "eu-west-3"}]


def test_hosts_stand_where_the_plan_says_and_trust_nobody():
    recorder = _up()
    hosts = {host.inputs["tags"]["Name"]: host.inputs for host in recorder.of("Instance")}
    assert {name: (host["subnetId"], host["privateIp"]) for name, host in hosts.items()} == {
        "paris-maps-tiles-1": ("paris-network-dmz-a:id", "10.49.12.36"),
        "paris-maps-tiles-2": ("paris-network-dmz-b:id", "10.49.44.36"),
        "paris-portal-web-1": ("paris-network-dmz-a:id", "10.49.12.38"),
        "paris-portal-copy-1": ("paris-network-data-a:id", "10.49.8.42"),
    }
    web = hosts["paris-portal-web-1"]
    assert web["metadataOptions"] == {"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1}
    assert web["rootBlockDevice"]["encrypted"] is True
    assert web["rootBlockDevice"]["kmsKeyId"] == "paris-keys-data-key:arn"
    assert web["vpcSecurityGroupIds"] == ["paris-groups-portal-web:id"]
    assert web["iamInstanceProfile"] == "example-paris-hosts"
    assert json.loads(web["userData"].removeprefix("#cloud-config\n"))["fqdn"] == "web.portal.example.internal"
    assert set(recorder.outputs["hosts"]) == set(hosts)


def test_rules_are_resources_of_their_own_and_say_one_peer_each():
    recorder = _up()
    for rule in (*recorder.of("SecurityGroupIngressRule"), *recorder.of("SecurityGroupEgressRule")):
        peers = {"cidrIpv4", "referencedSecurityGroupId", "prefixListId"} & set(rule.inputs)
        assert len(peers) == 1, rule.name
        assert rule.inputs["fromPort"] == rule.inputs["toPort"]
    assert not [key for group in recorder.of("SecurityGroup") for key in group.inputs if key in {"ingress", "egress"}]
    gateway = recorder["paris-groups-portal-copy-out-443-s3"].inputs
    assert gateway["prefixListId"] == "paris-gateways-s3:prefix-list"


def test_production_protects_what_holds_state_and_binds_for_long():
    recorder = _deploy(Environment.PRODUCTION)
    protected = Counter(r.type.rpartition(":")[2] for r in recorder.registrations if r.protect)
    assert protected == {"Vpc": 1, "Key": 3, "Bucket": 1, "Vault": 1, "LogGroup": 3, "Instance": 1, "Zone": 1}
    assert set(protected) == HOLDS_STATE
    assert recorder["paris-backups-bucket-lock"].inputs["rule"]["defaultRetention"]["mode"] == "COMPLIANCE"
    assert recorder["paris-backups-bucket-bucket"].inputs["forceDestroy"] is False
    assert recorder["paris-backups-lock"].inputs["changeableForDays"] == 3
    copy = next(host for host in recorder.of("Instance") if host.inputs["tags"]["Name"] == "paris-portal-copy-1")
    assert copy.inputs["disableApiTermination"] is True


@pytest.mark.parametrize("environment", [Environment.REHEARSAL, Environment.EPHEMERAL])
def test_everywhere_else_nothing_is_protected(environment: Environment):
    assert not [r.name for r in _deploy(environment).registrations if r.protect]


@pytest.mark.parametrize("preview", [False, True])
def test_what_exists_is_used_and_not_made(preview: bool):
    existing = ExistingCloud(
        vpc_id="vpc-1",
        vpn_gateway_id="vgw-1",
        key_arns={Purpose.LOGS: "arn:logs"},
        backup_bucket="archive",
    )
    recorder = _deploy(existing=existing, preview=preview)
    made = Counter(r.type.rpartition(":")[2] for r in cloud_resources(recorder))
    for kind in ("Vpc", "DefaultSecurityGroup", "VpnGateway", "VpnGatewayAttachment", "Bucket", "BucketPolicy"):
        assert made[kind] == 0
    assert made["Key"] == made["Alias"] == 2
    assert {subnet.inputs["vpcId"] for subnet in recorder.of("Subnet")} == {"vpc-1"}
    assert {route.inputs["gatewayId"] for route in recorder.of("Route")} == {"vgw-1"}
    assert {group.inputs["kmsKeyId"] for group in recorder.of("LogGroup")} == {"arn:logs"}
    assert recorder.outputs["bucket"] == "archive"


def test_three_datacenters_and_three_availability_zones():
    territory = example(
        sites=3,
        cloud_regions=[
            TERRITORY.cloud_regions[0].model_copy(update={"zones": ("a", "b", "c")}).model_dump(mode="json")
        ],
        services=[],
    )
    recorder = _deploy(territory=territory)
    assert len(recorder.of("VpnConnection")) == 3
    assert len(recorder.of("Subnet")) == 18
    assert len(recorder.of("RouteTable")) == 3
    assert len(recorder.of("Route")) == 9
    assert recorder["paris-network-vpc"].inputs["cidrBlock"] == str(
        addressing.cloud_block(territory, territory.cloud_regions[0])
    )
