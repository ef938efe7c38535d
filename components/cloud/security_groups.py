"""The security groups of one cloud region: one for each public asset, one for the provider's endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.cloud.place import CloudPlace
from components.cloud.security_rules import ENDPOINT_PORT, ENDPOINTS, Direction, Rule, rules

PROTOCOL = "tcp"


@dataclass(frozen=True)
class SecurityGroupsArgs:
    """What `SecurityGroups` are made of."""

    place: CloudPlace
    """Where they are."""
    vpc_id: pulumi.Input[str]
    """The network they belong to."""
    gateway_prefix_list_ids: Mapping[str, pulumi.Input[str]]
    """Service behind a gateway to the list of its addresses; every asset may reach it. Example: `{"s3": "pl-…"}`."""


class SecurityGroups(pulumi.ComponentResource):
    """Groups and rules as `security_rules` derives them; a rule is a resource, so that one more changes one thing."""

    group_ids: Mapping[str, pulumi.Output[str]]
    """`<service>-<asset>`, or `endpoints`, to the group."""

    def __init__(self, name: str, args: SecurityGroupsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:SecurityGroups", name, {}, opts)
        self._name = name
        self._place = place = args.place
        wanted = rules(place.territory, place.region)
        self.group_ids = {
            group: aws.ec2.SecurityGroup(
                f"{name}-{group}",
                name=place.name(group),
                description=f"{group} in {place.region.id}",
                vpc_id=args.vpc_id,
                tags={"Name": f"{name}-{group}"},
                opts=place.options(self),
            ).id
            for group in wanted
        }
        for group, its_rules in wanted.items():
            for rule in its_rules:
                self._rule(group, rule)
            if group != ENDPOINTS:
                for service, prefix_list_id in args.gateway_prefix_list_ids.items():
                    self._gateway_rule(group, service, prefix_list_id)
        self.register_outputs({"groupIds": self.group_ids})

    def _gateway_rule(self, group: str, service: str, prefix_list_id: pulumi.Input[str]) -> None:
        rule_name = f"{self._name}-{group}-out-{ENDPOINT_PORT}-{service}"
        aws.vpc.SecurityGroupEgressRule(
            rule_name,
            security_group_id=self.group_ids[group],
            ip_protocol=PROTOCOL,
            from_port=ENDPOINT_PORT,
            to_port=ENDPOINT_PORT,
            prefix_list_id=prefix_list_id,
            description=f"{service} through its gateway",
            tags={"Name": rule_name},
            opts=self._place.options(self),
        )

    def _rule(self, group: str, rule: Rule) -> None:
        rule_name = f"{self._name}-{group}-{rule.slug}"
        kind = aws.vpc.SecurityGroupIngressRule if rule.direction is Direction.IN else aws.vpc.SecurityGroupEgressRule
        kind(
            rule_name,
            security_group_id=self.group_ids[group],
            ip_protocol=PROTOCOL,
            from_port=rule.port,
            to_port=rule.port,
            cidr_ipv4=None if rule.peer_is_group else rule.peer,
            referenced_security_group_id=self.group_ids[rule.peer] if rule.peer_is_group else None,
            description=rule.why,
            tags={"Name": rule_name},
            opts=self._place.options(self),
        )
