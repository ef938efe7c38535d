"""aws.vpc.SecurityGroupIngressRule and SecurityGroupEgressRule: what a group lets in, and what it lets out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from providers.logic import CheckFailure
from twin.aws.ec2 import by_prefix, ec2, every_of, record, tag_specifications, update_tags
from twin.aws.networks import network_problem
from twin.aws.session import Session
from twin.aws.spec import output, prop, unless_missing
from twin.aws.tags import TAGS
from twin.framework.check import known as is_known
from twin.framework.declaration import Call, Changes, Given, Inputs, Property, Record, ResourceType
from twin.framework.values import Plain

SOURCES: Final = ("cidrIpv4", "prefixListId", "referencedSecurityGroupId")
"""Who is at the other end: exactly one of these."""
TRAFFIC: Final = (*SOURCES, "ipProtocol", "fromPort", "toPort", "description")
_NUMBERS: Final = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}


def protocol(value: Plain) -> Plain:
    """The name EC2 gives a protocol, whether it was told by name or number."""
    return _NUMBERS.get(value.lower(), value.lower()) if isinstance(value, str) else value


def _ports(inputs: Inputs) -> dict[str, int]:
    return {key: inputs[name] for key, name in (("FromPort", "fromPort"), ("ToPort", "toPort")) if name in inputs}


def _permission(inputs: Inputs) -> dict[str, Any]:
    text = {"Description": inputs["description"]} if inputs.get("description") else {}
    whole: dict[str, Any] = {"IpProtocol": protocol(inputs["ipProtocol"]), **_ports(inputs)}
    if "cidrIpv4" in inputs:
        whole["IpRanges"] = [{"CidrIp": inputs["cidrIpv4"], **text}]
    elif "prefixListId" in inputs:
        whole["PrefixListIds"] = [{"PrefixListId": inputs["prefixListId"], **text}]
    else:
        whole["UserIdGroupPairs"] = [{"GroupId": inputs["referencedSecurityGroupId"], **text}]
    return whole


def _modification(inputs: Inputs) -> dict[str, Any]:
    ends = {"cidrIpv4": "CidrIpv4", "prefixListId": "PrefixListId", "referencedSecurityGroupId": "ReferencedGroupId"}
    return {
        "IpProtocol": protocol(inputs["ipProtocol"]),
        # Told of all ports, EC2 wants numbers where it takes none at creation.
        **(_ports(inputs) or {"FromPort": -1, "ToPort": -1}),
        **{key: inputs[name] for name, key in ends.items() if name in inputs},
        "Description": inputs.get("description") or "",
    }


def _rules(call: Call[Session], name: str, value: str) -> list[Mapping[str, Any]]:
    return every_of(call, "describe_security_group_rules", "SecurityGroupRules", {name: value})


def _as_read(item: Mapping[str, Any], known: Inputs) -> dict[str, Plain]:
    whole = {
        "GroupId": item["GroupId"],
        "SecurityGroupRuleId": item["SecurityGroupRuleId"],
        "IpProtocol": item["IpProtocol"],
        "Description": item.get("Description"),
        "CidrIpv4": item.get("CidrIpv4"),
        "PrefixListId": item.get("PrefixListId"),
        "ReferencedSecurityGroupId": (item.get("ReferencedGroupInfo") or {}).get("GroupId"),
        "Tags": item.get("Tags"),
    }
    for key, name in (("FromPort", "fromPort"), ("ToPort", "toPort")):
        # For all ports EC2 says -1, whoever asked for it saying nothing.
        if item.get(key) != -1 or name in known:
            whole[key] = item.get(key)
    return whole


def _same(item: Mapping[str, Any], inputs: Inputs) -> bool:
    """Whether a rule lets through what these inputs ask for."""
    found = _as_read(item, inputs)
    asked = {"IpProtocol": protocol(inputs["ipProtocol"]), "GroupId": inputs["securityGroupId"], **_ports(inputs)}
    ends = {
        "CidrIpv4": "cidrIpv4",
        "PrefixListId": "prefixListId",
        "ReferencedSecurityGroupId": "referencedSecurityGroupId",
    }
    same_end = all(found.get(key) == inputs.get(name) for key, name in ends.items())
    return same_end and all(found.get(key) == value for key, value in asked.items())


def _one_source(inputs: Inputs) -> Iterable[CheckFailure]:
    given = [name for name in SOURCES if name in inputs]
    if len(given) != 1:
        names = ", ".join(f"`{name}`" for name in SOURCES)
        yield CheckFailure(given[0] if given else SOURCES[0], f"exactly one of {names} must be given, not {len(given)}")
    if is_known(inputs, "cidrIpv4") and (problem := network_problem(inputs["cidrIpv4"])):
        yield CheckFailure("cidrIpv4", f"`cidrIpv4` {problem}")


def _another_source(old: Inputs, new: Inputs) -> Iterable[str]:
    """A rule keeps the kind of its other end: another one is another rule."""
    before = {name for name in SOURCES if old.get(name) is not None}
    after = {name for name in SOURCES if new.get(name) is not None}
    return SOURCES if before and before != after else ()


def _properties(first: str, second: str) -> tuple[Property, ...]:
    port: dict[str, Any] = {"low": -1, "high": 65535}
    return (
        prop("securityGroupId", "GroupId", replaces=True, samples=(Given("group"), Given("other group"))),
        prop("ipProtocol", canonical=protocol, samples=("tcp", "udp")),
        prop("fromPort", **port, samples=(1000, 1001)),
        prop("toPort", **port, samples=(2000, 2001)),
        prop("description", samples=("one", "two", "three")),
        prop("cidrIpv4", samples=(first, second)),
        prop("prefixListId", samples=(Given("prefix list"), Given("other prefix list"))),
        prop("referencedSecurityGroupId", samples=(Given("group"), Given("other group"))),
        *TAGS,
    )


def _rule_type(token: str, direction: str, properties: tuple[Property, ...]) -> ResourceType[Session]:
    egress = direction == "egress"

    def create(call: Call[Session], inputs: Inputs) -> str:
        authorize = getattr(ec2(call), f"authorize_security_group_{direction}")
        made = authorize(
            GroupId=inputs["securityGroupId"],
            IpPermissions=[_permission(inputs)],
            **tag_specifications("security-group-rule", inputs),
        )
        return str(made["SecurityGroupRules"][0]["SecurityGroupRuleId"])

    def read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
        found = [item for item in _rules(call, "security-group-rule-id", id_) if item["IsEgress"] == egress]
        return record(call, "security-group-rule", id_, _as_read(found[0], known), known) if found else None

    def update(call: Call[Session], id_: str, changes: Changes) -> None:
        if changes.touch(*TRAFFIC):
            change = {"SecurityGroupRuleId": id_, "SecurityGroupRule": _modification(changes.new)}
            ec2(call).modify_security_group_rules(GroupId=changes.new["securityGroupId"], SecurityGroupRules=[change])
        update_tags(call, id_, changes)

    def delete(call: Call[Session], id_: str, known: Inputs) -> None:
        revoke = getattr(ec2(call), f"revoke_security_group_{direction}")
        missing = ("InvalidGroup.NotFound", "InvalidSecurityGroupRuleId.NotFound", "InvalidPermission.NotFound")
        unless_missing(lambda: revoke(GroupId=known["securityGroupId"], SecurityGroupRuleIds=[id_]), *missing)

    def identify(call: Call[Session], inputs: Inputs) -> str | None:
        rules = _rules(call, "group-id", inputs["securityGroupId"])
        ours = (item for item in rules if item["IsEgress"] == egress and _same(item, inputs))
        return next((str(item["SecurityGroupRuleId"]) for item in ours), None)

    return ResourceType[Session](
        token,
        properties=properties,
        outputs=(output("arn"), output("securityGroupRuleId")),
        create=create,
        read=read,
        update=update,
        delete=delete,
        locate=by_prefix("sgr-"),
        identify=identify,
        identity=("securityGroupId", *TRAFFIC[:-1]),
        rules=(_one_source,),
        replacing=_another_source,
        import_syntax="sgr-…",
    )


SECURITY_GROUP_INGRESS_RULE = _rule_type(
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "ingress", _properties("10.32.0.0/16", "10.33.0.0/16")
)
SECURITY_GROUP_EGRESS_RULE = _rule_type(
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "egress", _properties("10.34.0.0/16", "10.35.0.0/16")
)
