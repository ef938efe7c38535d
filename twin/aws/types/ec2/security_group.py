"""aws.ec2.SecurityGroup. Its rules are resources of their own; the one EC2 gives every new group is taken away."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from providers.logic import CheckFailure
from twin.aws.ec2 import by_prefix, ec2, every_of, find_ours, one, record, tag_specifications, update_tags
from twin.aws.session import Session
from twin.aws.spec import output, prop, request, unless_missing
from twin.aws.tags import TAGS
from twin.framework.check import known as is_known
from twin.framework.declaration import Call, Given, Inputs, Kept, Record, ResourceType

_TEXT: Final = re.compile(r"[A-Za-z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}")
ANYWHERE: Final = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


def read_group(call: Call[Session], id_: str) -> Any | None:
    """The group as EC2 tells it; None when it is gone."""
    return one(call, "describe_security_groups", "SecurityGroups", "GroupIds", id_, "InvalidGroup.NotFound")


def revoke_all(call: Call[Session], id_: str) -> None:
    """Take every rule from a group."""
    rules = every_of(call, "describe_security_group_rules", "SecurityGroupRules", {"group-id": id_})
    for egress, revoke in ((False, "revoke_security_group_ingress"), (True, "revoke_security_group_egress")):
        ids = [item["SecurityGroupRuleId"] for item in rules if item["IsEgress"] == egress]
        if ids:
            getattr(ec2(call), revoke)(GroupId=id_, SecurityGroupRuleIds=ids)


def _create(call: Call[Session], inputs: Inputs) -> str:
    arguments = request(SECURITY_GROUP.properties, inputs, ("name", "description", "vpcId"))
    return str(ec2(call).create_security_group(**arguments, **tag_specifications("security-group", inputs))["GroupId"])


def _settle(call: Call[Session], id_: str, _inputs: Inputs) -> None:
    ec2(call).revoke_security_group_egress(GroupId=id_, IpPermissions=[ANYWHERE])


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    found = read_group(call, id_)
    return None if found is None else record(call, "security-group", id_, found, known)


def _delete(call: Call[Session], id_: str, known: Inputs) -> None:
    if known.get("revokeRulesOnDelete") and read_group(call, id_) is not None:
        revoke_all(call, id_)
    unless_missing(lambda: ec2(call).delete_security_group(GroupId=id_), "InvalidGroup.NotFound")


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    if "vpcId" not in inputs:
        return find_ours(call, inputs, "describe_security_groups", "SecurityGroups", "GroupId")
    place = {"group-name": inputs["name"], "vpc-id": inputs["vpcId"]}
    found = every_of(call, "describe_security_groups", "SecurityGroups", place)
    return str(found[0]["GroupId"]) if found else None


def _name_and_description(inputs: Inputs) -> Iterable[CheckFailure]:
    if is_known(inputs, "name") and (str(inputs["name"]).startswith("sg-") or not _TEXT.fullmatch(inputs["name"])):
        yield CheckFailure(
            "name", "`name` must not start with sg- and has at most 255 letters, digits or ._-:/()#,@[]+=&;{}!$*"
        )
    if is_known(inputs, "description") and not (inputs["description"] and _TEXT.fullmatch(inputs["description"])):
        yield CheckFailure("description", "`description` has 1 to 255 letters, digits, spaces or ._-:/()#,@[]+=&;{}!$*")


SECURITY_GROUP = ResourceType[Session](
    "aws:ec2/securityGroup:SecurityGroup",
    properties=(
        prop("name", "GroupName", replaces=True, samples=("web", "data")),
        prop("description", default="Managed by Pulumi", replaces=True, samples=("north", "south")),
        prop("vpcId", computed=True, replaces=True, samples=(Given("vpc"), Given("other vpc"))),
        prop("revokeRulesOnDelete", kept=Kept.STATE, default=False, samples=(True,)),
        *TAGS,
    ),
    outputs=(output("arn"), output("ownerId")),
    create=_create,
    settle=_settle,
    read=_read,
    update=update_tags,
    delete=_delete,
    locate=by_prefix("sg-"),
    identify=_identify,
    identity=("name", "vpcId"),
    autoname="name",
    rules=(_name_and_description,),
    import_syntax="sg-…",
)
