"""What is changed behind the provider's back in a network is seen, and mended by an update."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest

from providers.logic import ProviderError
from tests.twin.aws.account import Account
from tests.twin.aws.case import Subject, fresh_name, resolve
from tests.twin.aws.families import CASES
from tests.twin.aws.test_properties import TOKENS
from twin.aws.provider import AWSProvider
from twin.framework.values import plain_map

pytestmark = pytest.mark.api


@contextmanager
def made(kind: str, account: Account, provider: AWSProvider, **others: Any) -> Generator[Subject]:
    """One resource for the length of a test."""
    subject = Subject(provider, TOKENS[kind])
    values = {**resolve(account, CASES[kind].minimal(fresh_name())), **resolve(account, others)}
    subject.create({name: value for name, value in values.items() if value is not None})
    try:
        yield subject
    finally:
        if subject.outputs:
            subject.delete()


def mend(subject: Subject, drift: Callable[[], Any]) -> set[str]:
    """Let something drift; the properties that are seen to differ, which an update has then mended."""
    declared = {
        name: value
        for name, value in plain_map(subject.inputs).items()
        if name not in ("__defaults", "tagsAll") and name not in plain_map(subject.inputs)["__defaults"]
    }
    drift()
    assert subject.refresh() == subject.id
    names = subject.changed(declared)
    assert not any(change.replaces for change in subject.diff(declared).changes.values())
    subject.update(declared)
    assert not subject.diff(declared).changes
    return names


def test_a_widened_rule(account: Account, provider: AWSProvider) -> None:
    ec2 = account.client("ec2")
    with made("vpc.SecurityGroupIngressRule", account, provider) as rule:
        wide = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 443, "CidrIpv4": "0.0.0.0/0"}

        def drift() -> None:
            change = {"SecurityGroupRuleId": rule.id, "SecurityGroupRule": wide}
            ec2.modify_security_group_rules(GroupId=account.ids["group"], SecurityGroupRules=[change])

        assert mend(rule, drift) == {"cidrIpv4", "fromPort"}
        (found,) = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule.id])["SecurityGroupRules"]
        assert (found["CidrIpv4"], found["FromPort"]) == ("10.48.0.0/16", 443)


def test_a_door_opened_in_the_locked_default_group(account: Account, provider: AWSProvider) -> None:
    ec2 = account.client("ec2")
    with made("ec2.DefaultSecurityGroup", account, provider, ingress=[], egress=[]) as group:
        assert not ec2.describe_security_groups(GroupIds=[group.id])["SecurityGroups"][0]["IpPermissions"]
        everyone = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        opened = mend(group, lambda: ec2.authorize_security_group_ingress(GroupId=group.id, IpPermissions=everyone))
        assert opened == {"ingress"}
        assert not ec2.describe_security_groups(GroupIds=[group.id])["SecurityGroups"][0]["IpPermissions"]


REMOVALS = {
    "ec2.Route": ("delete_route", {"RouteTableId": "route table", "DestinationCidrBlock": "=10.130.0.0/16"}),
    "ec2.RouteTableAssociation": ("disassociate_route_table", {"AssociationId": ""}),
    "ec2.VpnGatewayRoutePropagation": (
        "disable_vgw_route_propagation",
        {"GatewayId": "attached gateway", "RouteTableId": "route table"},
    ),
    "vpc.SecurityGroupEgressRule": ("revoke_security_group_egress", {"GroupId": "group", "SecurityGroupRuleIds": [""]}),
    "ec2.FlowLog": ("delete_flow_logs", {"FlowLogIds": [""]}),
    "ec2.VpnConnection": ("delete_vpn_connection", {"VpnConnectionId": ""}),
    "ec2.Instance": ("terminate_instances", {"InstanceIds": [""]}),
}
"""Arguments are the subject's own id (empty), the name of something given, or a value after `=`."""


@pytest.mark.parametrize("kind", sorted(REMOVALS))
def test_what_was_deleted_is_gone(kind: str, account: Account, provider: AWSProvider) -> None:
    operation, arguments = REMOVALS[kind]
    with made(kind, account, provider) as subject:

        def meant(value: Any) -> Any:
            if isinstance(value, list):
                return [subject.id]
            return value[1:] if value.startswith("=") else account.ids[value] if value else subject.id

        getattr(account.client("ec2"), operation)(**{name: meant(value) for name, value in arguments.items()})
        assert subject.refresh() == ""


def test_a_weakened_tunnel(account: Account, provider: AWSProvider) -> None:
    ec2 = account.client("ec2")
    with made("ec2.VpnConnection", account, provider, tunnel1IkeVersions=["ikev2"]) as connection:

        def drift() -> None:
            ec2.modify_vpn_tunnel_options(
                VpnConnectionId=connection.id,
                VpnTunnelOutsideIpAddress=connection.seen()["tunnel1Address"],
                TunnelOptions={"IKEVersions": [{"Value": "ikev1"}, {"Value": "ikev2"}]},
            )
            for _ in range(3):
                ec2.describe_vpn_connections(VpnConnectionIds=[connection.id])

        assert mend(connection, drift) == {"tunnel1IkeVersions"}


def test_an_endpoint_opened_to_everything(account: Account, provider: AWSProvider) -> None:
    ec2 = account.client("ec2")
    given = resolve(account, CASES["ec2.VpcEndpoint"].minimal("x"))
    with made("ec2.VpcEndpoint", account, provider, policy=account.ids["endpoint policy"], **given) as endpoint:
        opened = {"VpcEndpointId": endpoint.id, "PolicyDocument": account.ids["no policy"]}
        assert mend(endpoint, lambda: ec2.modify_vpc_endpoint(**opened)) == {"policy"}


def test_keys_of_tunnels_are_secret(account: Account, provider: AWSProvider) -> None:
    with made("ec2.VpnConnection", account, provider, tunnel1PresharedKey="sample.key_9") as connection:
        secret = {name for name, value in connection.outputs.items() if value.contains_secret()}
        assert secret >= {"tunnel1PresharedKey", "tunnel2PresharedKey", "customerGatewayConfiguration"}
        loud = {name: value for name, value in connection.seen().items() if name not in secret}
        assert "sample.key_9" not in str(loud)
        assert connection.seen()["tunnel2PresharedKey"] not in str(loud)


def test_what_others_need_cannot_be_deleted(account: Account, provider: AWSProvider) -> None:
    with (
        made("ec2.SecurityGroup", account, provider) as group,
        made("ec2.Instance", account, provider, vpcSecurityGroupIds=[group.id]),
        pytest.raises(ProviderError, match="DependencyViolation"),
    ):
        group.delete()
    with made("ec2.Vpc", account, provider) as vpc:
        with (
            made("ec2.RouteTable", account, provider, vpcId=vpc.id),
            pytest.raises(ProviderError, match="DependencyViolation"),
        ):
            vpc.delete()
        assert vpc.refresh() == vpc.id


def test_a_rule_with_another_kind_of_source_is_another_rule(account: Account, provider: AWSProvider) -> None:
    with made("vpc.SecurityGroupIngressRule", account, provider) as rule:
        base = resolve(account, CASES["vpc.SecurityGroupIngressRule"].minimal("x"))
        same_kind = rule.diff({**base, "tags": rule.seen()["tags"], "cidrIpv4": "10.50.0.0/16"})
        assert not any(change.replaces for change in same_kind.changes.values())
        other = {name: value for name, value in base.items() if name != "cidrIpv4"}
        other_kind = rule.diff({**other, "referencedSecurityGroupId": account.ids["other group"]})
        assert any(change.replaces for change in other_kind.changes.values())


def test_a_protected_instance_stays(account: Account, provider: AWSProvider) -> None:
    with made("ec2.Instance", account, provider, disableApiTermination=True) as instance:
        with pytest.raises(ProviderError, match="OperationNotPermitted"):
            instance.delete()
        released = {name: value for name, value in plain_map(instance.inputs).items() if name != "__defaults"}
        instance.update({**released, "disableApiTermination": False})


@pytest.mark.parametrize(
    ("kind", "wrong", "why"),
    [
        ("ec2.Vpc", {"cidrBlock": "10.92.0.1/16"}, "must be the address of a network"),
        ("ec2.Vpc", {"cidrBlock": "10.0.0.0/8"}, "between /16 and /28"),
        ("ec2.Route", {"gatewayId": None}, "must be specified"),
        ("vpc.SecurityGroupIngressRule", {"cidrIpv4": None}, "exactly one of"),
        ("ec2.SecurityGroup", {"name": "sg-mine"}, "must not start with sg-"),
        ("ec2.CustomerGateway", {"ipAddress": "lac"}, "must be an IPv4 address"),
        ("ec2.CustomerGateway", {"bgpAsn": "none"}, "must be a number between"),
        ("ec2.VpnConnection", {"vpnGatewayId": None}, "has no transit gateways"),
        ("ec2.VpnConnection", {"tunnel1IkeVersions": ["ikev3"]}, "expected `tunnel1IkeVersions"),
        ("ec2.VpcEndpoint", {"serviceName": None}, "must be specified"),
        ("ec2.FlowLog", {"vpcId": None}, "exactly one of"),
        ("ec2.Instance", {"subnetId": None}, "is needed"),
        (
            "ec2.DefaultSecurityGroup",
            {"ingress": [{"protocol": "-1", "fromPort": 1, "toPort": 2}]},
            "all protocols have no ports",
        ),
    ],
)
def test_wrong_inputs_are_refused_before_anything_is_asked(
    kind: str, wrong: dict[str, Any], why: str, account: Account, provider: AWSProvider
) -> None:
    values = {**resolve(account, CASES[kind].minimal(fresh_name())), **wrong}
    subject = Subject(provider, TOKENS[kind])
    reasons = subject.refusals({name: value for name, value in values.items() if value is not None})
    assert any(why in reason for reason in reasons.values()), reasons
