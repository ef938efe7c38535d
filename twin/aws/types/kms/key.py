"""aws.kms.Key."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from botocore.exceptions import ClientError

from providers.logic import CheckFailure
from twin.aws.documents import policy
from twin.aws.session import Session
from twin.aws.spec import code_of, every, output, prop, request, unless_missing
from twin.aws.tags import TAGS, as_list, as_map, changed_tags, is_ours, tags_record
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Kept, Record, ResourceType

POLICY_NAME: Final = "default"
GOING: Final = frozenset({"PendingDeletion", "PendingReplicaDeletion"})
"""States of a key that the account still lists, and that nobody can use again unless its deletion is cancelled."""


_CREATED: Final = ("customerMasterKeySpec", "keyUsage", "multiRegion", "description", "policy")


def _create(call: Call[Session], inputs: Inputs) -> str:
    kms = call.world.client("kms")
    arguments = request(KEY.properties, inputs, _CREATED)
    made = kms.create_key(**arguments, Tags=as_list(inputs.get("tagsAll"), "TagKey", "TagValue"))
    return str(made["KeyMetadata"]["KeyId"])


def _settle(call: Call[Session], id_: str, inputs: Inputs) -> None:
    kms = call.world.client("kms")
    if inputs.get("enableKeyRotation"):
        _rotate(kms, id_, inputs)
    if not inputs.get("isEnabled", True):
        kms.disable_key(KeyId=id_)


def _rotate(kms: Any, id_: str, inputs: Inputs) -> None:
    if not inputs.get("enableKeyRotation"):
        kms.disable_key_rotation(KeyId=id_)
        return
    kms.enable_key_rotation(KeyId=id_, **request(KEY.properties, inputs, ("rotationPeriodInDays",)))


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    kms = call.world.client("kms")
    found = unless_missing(lambda: kms.describe_key(KeyId=id_)["KeyMetadata"], "NotFoundException")
    if found is None or found["KeyState"] in GOING:
        return None
    key = found["KeyId"]
    tags = as_map(every(kms, "list_resource_tags", "Tags", KeyId=key), "TagKey", "TagValue")
    return {
        **found,
        **kms.get_key_rotation_status(KeyId=key),
        "Enabled": found["KeyState"] != "Disabled",
        "Policy": kms.get_key_policy(KeyId=key, PolicyName=POLICY_NAME)["Policy"],
        **tags_record(call.world, tags, known),
    }


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    kms, new = call.world.client("kms"), changes.new
    enabled = new.get("isEnabled", True)
    # A disabled key takes no changes: it is enabled before them, and disabled after them.
    if changes.touch("isEnabled") and enabled:
        kms.enable_key(KeyId=id_)
    if changes.touch("enableKeyRotation", "rotationPeriodInDays"):
        _rotate(kms, id_, new)
    if changes.touch("description"):
        kms.update_key_description(KeyId=id_, Description=new.get("description") or "")
    if changes.touch("policy"):
        kms.put_key_policy(KeyId=id_, PolicyName=POLICY_NAME, Policy=new["policy"])
    if changes.touch("tags", "tagsAll"):
        added, removed = changed_tags(changes.old, new)
        if removed:
            kms.untag_resource(KeyId=id_, TagKeys=removed)
        if added:
            kms.tag_resource(KeyId=id_, Tags=as_list(added, "TagKey", "TagValue"))
    if changes.touch("isEnabled") and not enabled:
        kms.disable_key(KeyId=id_)


def _delete(call: Call[Session], id_: str, known: Inputs) -> None:
    kms = call.world.client("kms")
    try:
        kms.schedule_key_deletion(KeyId=id_, PendingWindowInDays=known.get("deletionWindowInDays") or 30)
    except ClientError as error:
        if code_of(error) not in ("NotFoundException", "KMSInvalidStateException"):
            raise


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name.rsplit("/", 1)[-1])


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    kms = call.world.client("kms")
    for key in every(kms, "list_keys", "Keys"):
        tags = as_map(every(kms, "list_resource_tags", "Tags", KeyId=key["KeyId"]), "TagKey", "TagValue")
        if is_ours(tags, inputs) and kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] not in GOING:
            return str(key["KeyId"])
    return None


def _period_needs_rotation(inputs: Inputs) -> Iterable[CheckFailure]:
    if "rotationPeriodInDays" in inputs and "enableKeyRotation" not in inputs:
        yield CheckFailure("rotationPeriodInDays", "`rotationPeriodInDays` needs `enableKeyRotation`")


KEY = ResourceType[Session](
    "aws:kms/key:Key",
    properties=(
        prop("description", computed=True, samples=("backups", "journals")),
        prop(
            "customerMasterKeySpec",
            "KeySpec",
            default="SYMMETRIC_DEFAULT",
            replaces=True,
            samples=("SYMMETRIC_DEFAULT",),
        ),
        prop("keyUsage", default="ENCRYPT_DECRYPT", replaces=True, samples=("ENCRYPT_DECRYPT",)),
        prop("multiRegion", computed=True, replaces=True, samples=(False, True)),
        prop("isEnabled", "Enabled", default=True, samples=(True, False, True)),
        prop("enableKeyRotation", "KeyRotationEnabled", default=False, samples=(False, True, False)),
        prop("rotationPeriodInDays", computed=True, low=90, high=2560, samples=(90, 180)),
        policy("policy", computed=True, samples=(Given("key policy"), Given("other key policy"))),
        prop("deletionWindowInDays", kept=Kept.STATE, low=7, high=30, samples=(7, 30)),
        *TAGS,
    ),
    outputs=(output("arn"), output("keyId")),
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    rules=(_period_needs_rotation,),
    import_syntax="the key's id, or its ARN",
)
