"""aws.backup.VaultLockConfiguration: with `changeableForDays` nobody can take it away once those days are over."""

from __future__ import annotations

from typing import Any

from providers.logic import ProviderError
from twin.aws.session import Session
from twin.aws.spec import output, prop, request, unless_missing
from twin.aws.types.backup.vault import MISSING
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Kept, Record, ResourceType


def _vault(call: Call[Session], name: str) -> dict[str, Any] | None:
    """The vault of that name, if it is there and locked."""
    backup = call.world.client("backup")
    found = unless_missing(lambda: backup.describe_backup_vault(BackupVaultName=name), *MISSING)
    return found if found is not None and found.get("Locked") else None


def _create(call: Call[Session], inputs: Inputs) -> str:
    name = str(inputs["backupVaultName"])
    with call.world.turn(f"lock of vault {name}"):
        # The API would write over a lock that exists.
        if _vault(call, name) is not None:
            raise ProviderError(f"a lock of vault {name} already exists")
        arguments = request(VAULT_LOCK_CONFIGURATION.properties, inputs)
        if "changeableForDays" in inputs:
            arguments["ChangeableForDays"] = inputs["changeableForDays"]
        call.world.client("backup").put_backup_vault_lock_configuration(**arguments)
    return name


def _read(call: Call[Session], id_: str, _known: Inputs) -> Record | None:
    return _vault(call, id_)


def _update(_call: Call[Session], id_: str, _changes: Changes) -> None:
    raise ProviderError(f"the lock of vault {id_} cannot be changed")


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    backup = call.world.client("backup")
    unless_missing(lambda: backup.delete_backup_vault_lock_configuration(BackupVaultName=id_), *MISSING)


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return None if _vault(call, inputs["backupVaultName"]) is None else str(inputs["backupVaultName"])


VAULT_LOCK_CONFIGURATION = ResourceType[Session](
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
    properties=(
        prop("backupVaultName", replaces=True, samples=(Given("vault"), Given("other vault"))),
        prop("minRetentionDays", replaces=True, low=1, samples=(7, 30)),
        prop("maxRetentionDays", replaces=True, low=1, high=36500, samples=(365, 730)),
        # Backup tells when the days are over, not how many they were.
        prop("changeableForDays", "", kept=Kept.STATE, replaces=True, low=3, samples=(3, 30)),
    ),
    outputs=(output("backupVaultArn"),),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("backupVaultName",),
    import_syntax="the vault's name",
)
