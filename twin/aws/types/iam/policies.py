"""aws.iam.Policy, RolePolicy and RolePolicyAttachment: what roles may do."""

from __future__ import annotations

from typing import Any, Final

from providers.logic import ProviderError
from twin.aws.documents import policy
from twin.aws.session import Session
from twin.aws.spec import every, output, prop, request, unless_missing
from twin.aws.tags import TAGS, as_list, as_map, changed_tags, tags_record
from twin.aws.types.iam.words import GONE, path_property
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Record, ResourceType

_VERSIONS_KEPT: Final = 5
"""How many versions of a policy AWS keeps before it takes no more."""


def _create(call: Call[Session], inputs: Inputs) -> str:
    iam = call.world.client("iam")
    made = iam.create_policy(**request(POLICY.properties, inputs), Tags=as_list(inputs.get("tagsAll")))
    return str(made["Policy"]["Arn"])


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    iam = call.world.client("iam")
    found = unless_missing(lambda: iam.get_policy(PolicyArn=id_)["Policy"], GONE)
    if found is None:
        return None
    version = iam.get_policy_version(PolicyArn=id_, VersionId=found["DefaultVersionId"])["PolicyVersion"]
    tags = as_map(every(iam, "list_policy_tags", "Tags", PolicyArn=id_))
    return {**found, "PolicyDocument": version["Document"], **tags_record(call.world, tags, known)}


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    iam = call.world.client("iam")
    if changes.touch("policy"):
        others = _other_versions(iam, id_)
        if len(others) + 1 >= _VERSIONS_KEPT:
            iam.delete_policy_version(PolicyArn=id_, VersionId=min(others, key=_number))
        iam.create_policy_version(PolicyArn=id_, PolicyDocument=changes.new["policy"], SetAsDefault=True)
    if changes.touch("tags", "tagsAll"):
        added, removed = changed_tags(changes.old, changes.new)
        if removed:
            iam.untag_policy(PolicyArn=id_, TagKeys=removed)
        if added:
            iam.tag_policy(PolicyArn=id_, Tags=as_list(added))


def _other_versions(iam: Any, arn: str) -> list[str]:
    listed = every(iam, "list_policy_versions", "Versions", PolicyArn=arn)
    return [version["VersionId"] for version in listed if not version["IsDefaultVersion"]]


def _number(version: str) -> int:
    return int(version.removeprefix("v"))


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    iam = call.world.client("iam")
    if unless_missing(lambda: iam.get_policy(PolicyArn=id_), GONE) is None:
        return
    for version in _other_versions(iam, id_):
        iam.delete_policy_version(PolicyArn=id_, VersionId=version)
    unless_missing(lambda: iam.delete_policy(PolicyArn=id_), GONE)


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    arn = call.world.arn("iam", f"policy{inputs['path']}{inputs['name']}", region="")
    found = unless_missing(lambda: call.world.client("iam").get_policy(PolicyArn=arn), GONE)
    return None if found is None else arn


POLICY = ResourceType[Session](
    "aws:iam/policy:Policy",
    properties=(
        prop("name", "PolicyName", replaces=True, samples=("policy-north", "policy-south")),
        path_property(),
        prop("description", replaces=True, samples=("backups", "journals")),
        policy("policy", "PolicyDocument", samples=(Given("iam policy"), Given("other iam policy"))),
        *TAGS,
    ),
    outputs=(output("arn"), output("policyId"), output("attachmentCount", volatile=True)),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name", "path"),
    autoname="name",
    import_syntax="the policy's ARN",
)


def _write_inline(call: Call[Session], inputs: Inputs) -> None:
    call.world.client("iam").put_role_policy(**request(ROLE_POLICY.properties, inputs))


def _create_inline(call: Call[Session], inputs: Inputs) -> str:
    _write_inline(call, inputs)
    return f"{inputs['role']}:{inputs['name']}"


def _read_inline(call: Call[Session], id_: str, _known: Inputs) -> Record | None:
    role, _, name = id_.partition(":")
    iam = call.world.client("iam")
    return unless_missing(lambda: iam.get_role_policy(RoleName=role, PolicyName=name), GONE)


def _update_inline(call: Call[Session], _id: str, changes: Changes) -> None:
    _write_inline(call, changes.new)


def _delete_inline(call: Call[Session], id_: str, _known: Inputs) -> None:
    role, _, name = id_.partition(":")
    iam = call.world.client("iam")
    unless_missing(lambda: iam.delete_role_policy(RoleName=role, PolicyName=name), GONE)


def _locate_inline(_call: Call[Session], name: str) -> Found | None:
    if name.count(":") != 1:
        raise ProviderError(f"a role policy is imported as {ROLE_POLICY.import_syntax}, not {name!r}")
    return Found(name)


def _identify_inline(call: Call[Session], inputs: Inputs) -> str | None:
    id_ = f"{inputs['role']}:{inputs['name']}"
    return None if _read_inline(call, id_, inputs) is None else id_


ROLE_POLICY = ResourceType[Session](
    "aws:iam/rolePolicy:RolePolicy",
    properties=(
        prop("name", "PolicyName", replaces=True, samples=("inline-north", "inline-south")),
        prop("role", "RoleName", replaces=True, samples=(Given("role"), Given("other role"))),
        policy("policy", "PolicyDocument", samples=(Given("iam policy"), Given("other iam policy"))),
    ),
    outputs=(),
    create=_create_inline,
    read=_read_inline,
    update=_update_inline,
    delete=_delete_inline,
    locate=_locate_inline,
    identify=_identify_inline,
    identity=("role", "name"),
    autoname="name",
    import_syntax="ROLE:NAME",
)


def _attach(call: Call[Session], inputs: Inputs) -> str:
    call.world.client("iam").attach_role_policy(**request(ROLE_POLICY_ATTACHMENT.properties, inputs))
    return f"{inputs['role']}/{inputs['policyArn']}"


def _read_attachment(call: Call[Session], id_: str, _known: Inputs) -> Record | None:
    role, _, arn = id_.partition("/")
    iam = call.world.client("iam")
    listed = unless_missing(lambda: every(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=role), GONE)
    return {"RoleName": role, "PolicyArn": arn} if any(item["PolicyArn"] == arn for item in listed or ()) else None


def _never(_call: Call[Session], id_: str, _changes: Changes) -> None:
    raise ProviderError(f"{id_} cannot be changed: both of its ends make another one")


def _detach(call: Call[Session], id_: str, _known: Inputs) -> None:
    role, _, arn = id_.partition("/")
    iam = call.world.client("iam")
    unless_missing(lambda: iam.detach_role_policy(RoleName=role, PolicyArn=arn), GONE)


def _locate_attachment(_call: Call[Session], name: str) -> Found | None:
    if "/arn:" not in name:
        raise ProviderError(f"an attachment is imported as {ROLE_POLICY_ATTACHMENT.import_syntax}, not {name!r}")
    return Found(name)


def _identify_attachment(call: Call[Session], inputs: Inputs) -> str | None:
    id_ = f"{inputs['role']}/{inputs['policyArn']}"
    return None if _read_attachment(call, id_, inputs) is None else id_


ROLE_POLICY_ATTACHMENT = ResourceType[Session](
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    properties=(
        prop("role", "RoleName", replaces=True, samples=(Given("role"), Given("other role"))),
        prop("policyArn", replaces=True, samples=(Given("boundary"), Given("other boundary"))),
    ),
    outputs=(),
    create=_attach,
    read=_read_attachment,
    update=_never,
    delete=_detach,
    locate=_locate_attachment,
    identify=_identify_attachment,
    identity=("role", "policyArn"),
    import_syntax="ROLE/POLICY-ARN",
)
