"""Security groups: what they are born with, what holds them, and rules that are kept whole."""

from __future__ import annotations

from typing import Any, Final

from moto.ec2.models.security_groups import SecurityGroupBackend, SecurityGroupRule
from moto.ec2.responses.security_groups import SecurityGroups

from twin.aws.server.extension.ec2_errors import refuse
from twin.aws.server.extension.ec2_networks import canonical
from twin.aws.server.extension.patching import Patches

PATCHES: Final = Patches()


@PATCHES.around(SecurityGroupBackend, "create_security_group")
def _create_security_group(original: Any, self: Any, name: str, *args: Any, **kwargs: Any) -> Any:
    born = bool(kwargs.get("is_default"))
    if not born and (name == "default" or name.startswith("sg-")):
        refuse("InvalidParameterValue", f"Cannot use reserved security group name: {name}")
    if not born and kwargs.get("vpc_id"):
        self.get_vpc(kwargs["vpc_id"])
    group = original(self, name, *args, **kwargs)
    if born:
        itself = {"GroupId": group.id, "UserId": self.account_id}
        group.ingress_rules.append(SecurityGroupRule(self, "-1", group.id, None, None, None, itself, is_egress=False))
    return group


@PATCHES.around(SecurityGroups, "delete_security_group")
def _delete_security_group(original: Any, self: Any) -> Any:
    backend, id_ = self.ec2_backend, self._get_param("GroupId")
    group = backend.get_security_group_from_id(id_) if id_ else None
    if group is not None:
        if group.is_default:
            refuse("CannotDelete", f'the specified group: "{id_}" name: "default" cannot be deleted by a user')
        if _held(backend, group):
            refuse("DependencyViolation", f"resource {id_} has a dependent object")
    return original(self)


def _held(backend: Any, group: Any) -> bool:
    """Whether a network card wears the group, or a rule of another group names it."""
    worn = any(group.id in {item.id for item in card.group_set} for card in backend.enis.values())
    named = any(
        rule.source_group.get("GroupId") == group.id
        for groups in backend.groups.values()
        for other in groups.values()
        if other.id != group.id
        for rule in (*other.ingress_rules, *other.egress_rules)
    )
    return worn or named


@PATCHES.around(SecurityGroupRule, "__init__")
def _new_rule(original: Any, self: Any, *args: Any, **kwargs: Any) -> None:
    original(self, *args, **kwargs)
    listed = args[7] if len(args) > 7 else kwargs.get("prefix_list_id")
    self.prefix_description = (listed or {}).get("Description")
    for name in ("CidrIp", "CidrIpv6"):
        if name in self.ip_range:
            self.ip_range[name] = canonical(self.ip_range[name])
    ports = (self.from_port, self.to_port)
    if self.ip_protocol in ("tcp", "udp") and not 0 <= ports[0] <= ports[1] <= 65535:
        refuse("InvalidParameterValue", f"Invalid TCP/UDP port range ({ports[0]}:{ports[1]})")


@PATCHES.around(SecurityGroupRule, "description")
def _rule_description(original: Any, self: Any) -> str | None:
    return original(self) or self.source_group.get("Description") or self.prefix_description


def _traffic(rule: Any) -> tuple[Any, ...]:
    """What a rule lets through: two that let the same through are one to EC2, whatever their descriptions."""
    source = rule.source_group.get("GroupId")
    return (rule.ip_protocol, rule.from_port, rule.to_port, rule.cidr_ipv4, rule.cidr_ipv6, source, rule.prefix_list_id)


@PATCHES.method(SecurityGroupRule, "__eq__")
def _same_rule(self: Any, other: Any) -> bool:
    return _traffic(self) == _traffic(other)


def _check_ports(protocol: str | None, first: Any, last: Any) -> None:
    if str(protocol).lower() in ("tcp", "udp", "6", "17") and (first is None or last is None):
        refuse(
            "InvalidParameterValue",
            "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
        )


def _authorize(original: Any, self: Any, **kwargs: Any) -> Any:
    _check_ports(kwargs["ip_protocol"], kwargs["from_port"], kwargs["to_port"])
    known = {item.id for item in self.managed_prefix_lists.values()}
    for listed in kwargs.get("prefix_list_ids") or []:
        if listed["PrefixListId"] not in known:
            refuse("InvalidPrefixListID.NotFound", f"The prefix list ID '{listed['PrefixListId']}' does not exist")
    return original(self, **kwargs)


PATCHES.around(SecurityGroupBackend, "authorize_security_group_ingress")(_authorize)
PATCHES.around(SecurityGroupBackend, "authorize_security_group_egress")(_authorize)


@PATCHES.method(SecurityGroupBackend, "modify_security_group_rules")
def _modify_security_group_rules(self: Any, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
    group = self.get_security_group_from_id(group_id)
    if group is None:
        refuse("InvalidGroup.NotFound", f"The security group '{group_id}' does not exist")
    for rule_id, wanted in rules.items():
        _modify(self, group, rule_id, wanted)


def _modify(backend: Any, group: Any, rule_id: str, wanted: dict[str, Any]) -> None:
    rule = group.get_rule(rule_id)
    if rule is None:
        refuse("InvalidSecurityGroupRuleId.NotFound", f"The security group rule ID '{rule_id}' does not exist")
    _check_ports(wanted.get("IpProtocol"), wanted.get("FromPort"), wanted.get("ToPort"))
    text = {"Description": wanted["Description"]} if wanted.get("Description") else {}
    addresses = {
        key: wanted[name] for key, name in (("CidrIp", "CidrIpv4"), ("CidrIpv6", "CidrIpv6")) if wanted.get(name)
    }
    source, listed = wanted.get("ReferencedGroupId"), wanted.get("PrefixListId")
    if len(addresses) + bool(source) + bool(listed) != 1:
        refuse("InvalidParameterCombination", "a rule has one of cidrIpv4, cidrIpv6, prefixListId, referencedGroupId")
    if source and backend.get_security_group_from_id(source) is None:
        refuse("InvalidGroup.NotFound", f"The security group '{source}' does not exist")
    fresh = SecurityGroupRule(
        backend,
        wanted.get("IpProtocol"),
        group.id,
        wanted.get("FromPort"),
        wanted.get("ToPort"),
        {**addresses, **text} if addresses else None,
        {"GroupId": source, "UserId": backend.account_id, **text} if source else None,
        {"PrefixListId": listed, **text} if listed else None,
        is_egress=rule.is_egress,
    )
    if _kind(fresh) != _kind(rule):
        refuse("InvalidParameterValue", f"Invalid rule type for security group rule '{rule_id}': it cannot be changed")
    others = group.egress_rules if rule.is_egress else group.ingress_rules
    if any(other.id != rule_id and other == fresh for other in others):
        refuse("InvalidPermission.Duplicate", "the specified rule already exists")
    kept = ("ip_protocol", "from_port", "to_port", "ip_range", "source_group", "prefix_list_id", "prefix_description")
    for name in kept:
        setattr(rule, name, getattr(fresh, name))


def _kind(rule: Any) -> tuple[bool, ...]:
    return tuple(item is not None for item in _traffic(rule)[3:])
