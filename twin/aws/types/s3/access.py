"""Who has access to a bucket: its policy, its public access block, who owns its objects; the account's block."""

from __future__ import annotations

from typing import Any, Final

from twin.aws.documents import policy
from twin.aws.session import Session
from twin.aws.spec import prop, request, unless_missing
from twin.aws.types.s3.setting import Setting, bucket_setting
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Property, Record, ResourceType

_BLOCKS: Final[tuple[Property, ...]] = tuple(
    prop(name, default=False, samples=(True, False, True))
    for name in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
)
_NO_BLOCK: Final = "NoSuchPublicAccessBlockConfiguration"


def _put_policy(s3: Any, bucket: str, inputs: Inputs) -> None:
    s3.put_bucket_policy(Bucket=bucket, Policy=inputs["policy"])


BUCKET_POLICY = bucket_setting(
    "aws:s3/bucketPolicy:BucketPolicy",
    (policy("policy", samples=(Given("bucket policy"), Given("other bucket policy"))),),
    Setting(
        put=_put_policy,
        get=lambda s3, bucket: s3.get_bucket_policy(Bucket=bucket),
        clear=lambda s3, bucket: s3.delete_bucket_policy(Bucket=bucket),
        missing="NoSuchBucketPolicy",
    ),
)


def _put_block(s3: Any, bucket: str, inputs: Inputs) -> None:
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=request(_BLOCKS, inputs))


BUCKET_PUBLIC_ACCESS_BLOCK = bucket_setting(
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    _BLOCKS,
    Setting(
        put=_put_block,
        get=lambda s3, bucket: s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"],
        clear=lambda s3, bucket: s3.delete_public_access_block(Bucket=bucket),
        missing=_NO_BLOCK,
    ),
)

_OWNERSHIPS: Final = ("BucketOwnerPreferred", "ObjectWriter", "BucketOwnerEnforced")
_OWNERSHIP_RULE = prop(
    "rule",
    fields=(prop("objectOwnership", allowed=_OWNERSHIPS),),
    samples=({"objectOwnership": "BucketOwnerEnforced"}, {"objectOwnership": "BucketOwnerPreferred"}),
)


def _put_ownership(s3: Any, bucket: str, inputs: Inputs) -> None:
    rules = [request((_OWNERSHIP_RULE,), inputs)["Rule"]]
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": rules})


BUCKET_OWNERSHIP_CONTROLS = bucket_setting(
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    (_OWNERSHIP_RULE,),
    Setting(
        put=_put_ownership,
        get=lambda s3, bucket: {
            "Rule": s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"][0]
        },
        clear=lambda s3, bucket: s3.delete_bucket_ownership_controls(Bucket=bucket),
        missing="OwnershipControlsNotFoundError",
    ),
)


def _account(call: Call[Session], inputs: Inputs) -> str:
    return str(inputs.get("accountId") or call.world.account)


def _put_account_block(call: Call[Session], account: str, inputs: Inputs) -> None:
    control = call.world.client("s3control")
    control.put_public_access_block(AccountId=account, PublicAccessBlockConfiguration=request(_BLOCKS, inputs))


def _create(call: Call[Session], inputs: Inputs) -> str:
    _put_account_block(call, _account(call, inputs), inputs)
    return _account(call, inputs)


def _read(call: Call[Session], id_: str, _known: Inputs) -> Record | None:
    control = call.world.client("s3control")
    found = unless_missing(lambda: control.get_public_access_block(AccountId=id_), _NO_BLOCK)
    return None if found is None else {**found["PublicAccessBlockConfiguration"], "AccountId": id_}


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    _put_account_block(call, id_, changes.new)


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    control = call.world.client("s3control")
    unless_missing(lambda: control.delete_public_access_block(AccountId=id_), _NO_BLOCK)


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    account = _account(call, inputs)
    return None if _read(call, account, {}) is None else account


ACCOUNT_PUBLIC_ACCESS_BLOCK = ResourceType[Session](
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
    properties=(prop("accountId", computed=True, replaces=True, samples=(Given("account"),)), *_BLOCKS),
    outputs=(),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("accountId",),
    import_syntax="the account's number",
)
