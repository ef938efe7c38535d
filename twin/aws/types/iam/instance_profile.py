"""aws.iam.InstanceProfile."""

from __future__ import annotations

from typing import Any

from twin.aws.session import Session
from twin.aws.spec import output, prop, request, unless_missing
from twin.aws.tags import TAGS, as_list, as_map, changed_tags, tags_record
from twin.aws.types.iam.words import GONE, path_property, rfc3339
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Record, ResourceType


def _create(call: Call[Session], inputs: Inputs) -> str:
    arguments = request(INSTANCE_PROFILE.properties, inputs, ("name", "path"))
    call.world.client("iam").create_instance_profile(**arguments, Tags=as_list(inputs.get("tagsAll")))
    return str(inputs["name"])


def _settle(call: Call[Session], id_: str, inputs: Inputs) -> None:
    if inputs.get("role"):
        call.world.client("iam").add_role_to_instance_profile(InstanceProfileName=id_, RoleName=inputs["role"])


def _find(call: Call[Session], name: str) -> dict[str, Any] | None:
    iam = call.world.client("iam")
    return unless_missing(lambda: iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"], GONE)


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    found = _find(call, id_)
    if found is None:
        return None
    roles = {"role": found["Roles"][0]["RoleName"]} if found["Roles"] else {}
    return {**found, **roles, **tags_record(call.world, as_map(found.get("Tags")), known)}


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    iam = call.world.client("iam")
    if changes.touch("role"):
        _let_roles_go(call, id_)
        _settle(call, id_, changes.new)
    if changes.touch("tags", "tagsAll"):
        added, removed = changed_tags(changes.old, changes.new)
        if removed:
            iam.untag_instance_profile(InstanceProfileName=id_, TagKeys=removed)
        if added:
            iam.tag_instance_profile(InstanceProfileName=id_, Tags=as_list(added))


def _let_roles_go(call: Call[Session], name: str) -> None:
    for role in (_find(call, name) or {}).get("Roles", ()):
        call.world.client("iam").remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role["RoleName"])


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    _let_roles_go(call, id_)
    iam = call.world.client("iam")
    unless_missing(lambda: iam.delete_instance_profile(InstanceProfileName=id_), GONE)


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return None if _find(call, inputs["name"]) is None else str(inputs["name"])


INSTANCE_PROFILE = ResourceType[Session](
    "aws:iam/instanceProfile:InstanceProfile",
    properties=(
        prop("name", "InstanceProfileName", replaces=True, samples=("profile-north", "profile-south")),
        path_property(),
        prop("role", "role", samples=(Given("role"), Given("other role"))),
        *TAGS,
    ),
    outputs=(output("arn"), output("uniqueId", "InstanceProfileId"), output("createDate", decode=rfc3339)),
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name",),
    autoname="name",
    import_syntax="the profile's name",
)
