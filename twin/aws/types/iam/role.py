"""aws.iam.Role."""

from __future__ import annotations

from typing import Any

from twin.aws.documents import policy
from twin.aws.session import Session
from twin.aws.spec import every, output, prop, request, unless_missing
from twin.aws.tags import TAGS, as_list, as_map, changed_tags, tags_record
from twin.aws.types.iam.words import GONE, path_property, rfc3339
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Kept, Record, ResourceType


def _create(call: Call[Session], inputs: Inputs) -> str:
    call.world.client("iam").create_role(**request(ROLE.properties, inputs), Tags=as_list(inputs.get("tagsAll")))
    return str(inputs["name"])


def _find(call: Call[Session], name: str) -> dict[str, Any] | None:
    return unless_missing(lambda: call.world.client("iam").get_role(RoleName=name)["Role"], GONE)


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    found = _find(call, id_)
    if found is None:
        return None
    boundary = found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return {**found, "Boundary": boundary, **tags_record(call.world, as_map(found.get("Tags")), known)}


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    iam, new = call.world.client("iam"), changes.new
    if changes.touch("assumeRolePolicy"):
        iam.update_assume_role_policy(RoleName=id_, PolicyDocument=new["assumeRolePolicy"])
    if changes.touch("description", "maxSessionDuration"):
        iam.update_role(
            RoleName=id_, Description=new.get("description") or "", MaxSessionDuration=new["maxSessionDuration"]
        )
    if changes.touch("permissionsBoundary"):
        if new.get("permissionsBoundary"):
            iam.put_role_permissions_boundary(RoleName=id_, PermissionsBoundary=new["permissionsBoundary"])
        else:
            iam.delete_role_permissions_boundary(RoleName=id_)
    if changes.touch("tags", "tagsAll"):
        added, removed = changed_tags(changes.old, new)
        if removed:
            iam.untag_role(RoleName=id_, TagKeys=removed)
        if added:
            iam.tag_role(RoleName=id_, Tags=as_list(added))


def _delete(call: Call[Session], id_: str, known: Inputs) -> None:
    iam = call.world.client("iam")
    if _find(call, id_) is None:
        return
    # As the official provider does: profiles let the role go, policies only when that was asked for.
    for profile in every(iam, "list_instance_profiles_for_role", "InstanceProfiles", RoleName=id_):
        iam.remove_role_from_instance_profile(InstanceProfileName=profile["InstanceProfileName"], RoleName=id_)
    if known.get("forceDetachPolicies"):
        for attached in every(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=id_):
            iam.detach_role_policy(RoleName=id_, PolicyArn=attached["PolicyArn"])
        for name in every(iam, "list_role_policies", "PolicyNames", RoleName=id_):
            iam.delete_role_policy(RoleName=id_, PolicyName=name)
    unless_missing(lambda: iam.delete_role(RoleName=id_), GONE)


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return None if _find(call, inputs["name"]) is None else str(inputs["name"])


ROLE = ResourceType[Session](
    "aws:iam/role:Role",
    properties=(
        prop("name", "RoleName", replaces=True, samples=("role-north", "role-south")),
        path_property(),
        policy(
            "assumeRolePolicy",
            "AssumeRolePolicyDocument",
            samples=(Given("trust policy"), Given("other trust policy")),
        ),
        prop("description", samples=("writes backups", "reads backups", "")),
        prop("maxSessionDuration", default=3600, low=3600, high=43200, samples=(3600, 7200)),
        prop(
            "permissionsBoundary",
            write="PermissionsBoundary",
            read="Boundary",
            samples=(Given("boundary"), Given("other boundary"), ""),
        ),
        prop("forceDetachPolicies", kept=Kept.STATE, default=False, samples=(True,)),
        *TAGS,
    ),
    outputs=(output("arn"), output("uniqueId", "RoleId"), output("createDate", decode=rfc3339)),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name",),
    autoname="name",
    import_syntax="the role's name",
)
