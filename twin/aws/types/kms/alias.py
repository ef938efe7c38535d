"""aws.kms.Alias."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from providers.logic import CheckFailure
from twin.aws.session import Session
from twin.aws.spec import every, output, prop, request, unless_missing
from twin.framework.check import known as is_known
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Record, ResourceType
from twin.framework.values import Plain


def _create(call: Call[Session], inputs: Inputs) -> str:
    call.world.client("kms").create_alias(**request(ALIAS.properties, inputs))
    return str(inputs["name"])


def _find(call: Call[Session], name: str) -> dict[str, Any] | None:
    listed = every(call.world.client("kms"), "list_aliases", "Aliases")
    return next((item for item in listed if item["AliasName"] == name and "TargetKeyId" in item), None)


def _read(call: Call[Session], id_: str, _known: Inputs) -> Record | None:
    found = _find(call, id_)
    if found is None:
        return None
    return {**found, "TargetKeyArn": call.world.arn("kms", f"key/{found['TargetKeyId']}")}


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    call.world.client("kms").update_alias(**request(ALIAS.properties, {**changes.new, "name": id_}))


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    unless_missing(lambda: call.world.client("kms").delete_alias(AliasName=id_), "NotFoundException")


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return None if _find(call, inputs["name"]) is None else str(inputs["name"])


def _named_as_an_alias(inputs: Inputs) -> Iterable[CheckFailure]:
    if is_known(inputs, "name") and not str(inputs["name"]).startswith("alias/"):
        yield CheckFailure("name", "`name` must start with alias/")


def _key_id(value: Plain) -> Plain:
    """A key's id, also out of its ARN."""
    return value.rsplit("/", 1)[-1] if isinstance(value, str) else value


ALIAS = ResourceType[Session](
    "aws:kms/alias:Alias",
    properties=(
        prop("name", "AliasName", replaces=True, samples=("alias/north", "alias/south")),
        prop("targetKeyId", canonical=_key_id, samples=(Given("key"), Given("other key"))),
    ),
    outputs=(output("arn", "AliasArn"), output("targetKeyArn")),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name",),
    autoname="name",
    autoname_prefix="alias/",
    rules=(_named_as_an_alias,),
    import_syntax="the alias, as alias/NAME",
)
