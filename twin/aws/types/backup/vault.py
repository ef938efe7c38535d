"""aws.backup.Vault."""

from __future__ import annotations

from typing import Final

from twin.aws.session import Session
from twin.aws.spec import output, prop, request, unless_missing
from twin.aws.tags import TAGS
from twin.aws.types.backup.tagging import tags_of, update_tags
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Kept, Record, ResourceType

MISSING: Final = ("ResourceNotFoundException", "AccessDeniedException")
"""Backup calls a vault that is not there one that the caller may not see."""


def _create(call: Call[Session], inputs: Inputs) -> str:
    arguments = request(VAULT.properties, inputs, ("name", "kmsKeyArn"))
    made = call.world.client("backup").create_backup_vault(
        **arguments, BackupVaultTags=dict(inputs.get("tagsAll") or {})
    )
    return str(made["BackupVaultName"])


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    backup = call.world.client("backup")
    found = unless_missing(lambda: backup.describe_backup_vault(BackupVaultName=id_), *MISSING)
    return None if found is None else {**found, **tags_of(call, found["BackupVaultArn"], known)}


def _update(call: Call[Session], _id: str, changes: Changes) -> None:
    update_tags(call, changes.old["arn"], changes)


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    unless_missing(lambda: call.world.client("backup").delete_backup_vault(BackupVaultName=id_), *MISSING)


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    backup, name = call.world.client("backup"), inputs["name"]
    found = unless_missing(lambda: backup.describe_backup_vault(BackupVaultName=name), *MISSING)
    return None if found is None else str(name)


VAULT = ResourceType[Session](
    "aws:backup/vault:Vault",
    properties=(
        prop("name", "BackupVaultName", replaces=True, samples=("north", "south")),
        prop(
            "kmsKeyArn",
            "EncryptionKeyArn",
            replaces=True,
            computed=True,
            samples=(Given("key arn"), Given("other key arn")),
        ),
        prop("forceDestroy", "", kept=Kept.STATE, default=False, samples=(True,)),
        *TAGS,
    ),
    outputs=(output("arn", "BackupVaultArn"), output("recoveryPoints", "NumberOfRecoveryPoints", volatile=True)),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name",),
    autoname="name",
    import_syntax="the vault's name",
)
