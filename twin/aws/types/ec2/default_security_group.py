"""aws.ec2.DefaultSecurityGroup: not made but taken over, emptied, and filled with what is declared. Never deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from providers.logic import CheckFailure, ProviderError
from twin.aws.ec2 import by_prefix, ec2, every_of, find_ours, record, update_tags
from twin.aws.session import Session
from twin.aws.spec import output, prop
from twin.aws.tags import TAGS
from twin.aws.types.ec2.security_group import read_group, revoke_all
from twin.aws.types.ec2.security_group_rules import protocol
from twin.framework.declaration import Call, Changes, Given, Inputs, Kept, Property, Record, ResourceType
from twin.framework.values import Plain


def _create(call: Call[Session], inputs: Inputs) -> str:
    if "vpcId" not in inputs:
        raise ProviderError("the twin's accounts have no network of their own to find a default group in: give `vpcId`")
    found = every_of(
        call, "describe_security_groups", "SecurityGroups", {"vpc-id": inputs["vpcId"], "group-name": "default"}
    )
    if not found:
        raise ProviderError(f"{inputs['vpcId']} has no default security group")
    return str(found[0]["GroupId"])


def _settle(call: Call[Session], id_: str, inputs: Inputs) -> None:
    revoke_all(call, id_)
    for direction in ("ingress", "egress"):
        _authorize(call, id_, direction, inputs.get(direction) or [])
    tags = inputs.get("tagsAll")
    if tags:
        update_tags(call, id_, Changes({}, inputs, frozenset({"tagsAll"})))


def _authorize(call: Call[Session], id_: str, direction: str, rules: Iterable[Mapping[str, Any]]) -> None:
    permissions = [_permission(rule, id_) for rule in rules]
    if permissions:
        getattr(ec2(call), f"authorize_security_group_{direction}")(GroupId=id_, IpPermissions=permissions)


def _permission(rule: Mapping[str, Any], own: str) -> dict[str, Any]:
    text = {"Description": rule["description"]} if rule.get("description") else {}
    name = protocol(rule["protocol"])
    groups = [*(rule.get("securityGroups") or ()), *([own] if rule.get("self") else ())]
    return {
        "IpProtocol": name,
        **({} if name == "-1" else {"FromPort": rule["fromPort"], "ToPort": rule["toPort"]}),
        "IpRanges": [{"CidrIp": network, **text} for network in rule.get("cidrBlocks") or ()],
        "UserIdGroupPairs": [{"GroupId": group, **text} for group in groups],
    }


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    found = read_group(call, id_)
    if found is None:
        return None
    return {
        **record(call, "security-group", id_, found, known),
        "ingress": _rules(found["IpPermissions"], id_),
        "egress": _rules(found["IpPermissionsEgress"], id_),
    }


def _rules(permissions: Iterable[Mapping[str, Any]], own: str) -> list[dict[str, Plain]]:
    """As the official provider tells them: one rule for what has protocol, ports and description in common."""
    rules: dict[tuple[Any, ...], dict[str, Plain]] = {}
    for item in permissions:
        ports = (item.get("FromPort", 0), item.get("ToPort", 0))
        ends = [("cidrBlocks", end, end["CidrIp"]) for end in item.get("IpRanges", ())]
        ends += [("securityGroups", end, end["GroupId"]) for end in item.get("UserIdGroupPairs", ())]
        for kind, end, name in ends:
            text = end.get("Description", "")
            key = (item["IpProtocol"], *ports, text)
            rule = rules.setdefault(key, {"protocol": key[0], "fromPort": ports[0], "toPort": ports[1]})
            if text:
                rule["description"] = text
            if name == own:
                rule["self"] = True
            else:
                rule.setdefault(kind, []).append(name)
    return list(rules.values())


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    if changes.touch("ingress", "egress"):
        revoke_all(call, id_)
        for direction in ("ingress", "egress"):
            # What is not declared stays as it is.
            wanted = changes.new.get(direction, changes.old.get(direction)) or []
            _authorize(call, id_, direction, wanted)
    update_tags(call, id_, changes)


def _delete(_call: Call[Session], _id: str, _known: Inputs) -> None:
    """A VPC never loses its default group: as officially, it is only let go of."""


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return find_ours(call, inputs, "describe_security_groups", "SecurityGroups", "GroupId")


def _ports(inputs: Inputs) -> Iterable[CheckFailure]:
    for direction in ("ingress", "egress"):
        rules: Any = inputs.get(direction)
        for index, rule in enumerate(cast("list[Any]", rules) if isinstance(rules, list) else ()):
            if protocol(rule.get("protocol")) == "-1" and (rule.get("fromPort") or rule.get("toPort")):
                why = "all protocols have no ports: `fromPort` and `toPort` must be 0"
                yield CheckFailure(f"{direction}[{index}]", why)


def _rule_list(name: str, samples: tuple[Plain, ...]) -> Property:
    fields = (
        Property("protocol", canonical=protocol),
        Property("fromPort"),
        Property("toPort"),
        Property("cidrBlocks", unordered=True),
        Property("securityGroups", unordered=True),
        Property("self"),
        Property("description"),
    )
    return Property(name, name, computed=True, unordered=True, fields=fields, samples=samples)


_WEB = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.32.0.0/16"], "description": "people"}
_ITSELF = {"protocol": "-1", "fromPort": 0, "toPort": 0, "self": True}

DEFAULT_SECURITY_GROUP = ResourceType[Session](
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    properties=(
        prop("vpcId", computed=True, replaces=True, samples=(Given("vpc"), Given("other vpc"))),
        _rule_list("ingress", ([_WEB], [_ITSELF, _WEB], [])),
        _rule_list("egress", ([_WEB], [])),
        prop("revokeRulesOnDelete", kept=Kept.STATE, default=False, samples=(True,)),
        *TAGS,
    ),
    outputs=(output("arn"), output("ownerId"), output("name", "GroupName"), output("description")),
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    locate=by_prefix("sg-"),
    identify=_identify,
    rules=(_ports,),
    import_syntax="sg-…",
)
