"""How a bucket keeps its objects: versions, locks, encryption, for how long."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from botocore.exceptions import ClientError

from providers.logic import CheckFailure
from twin.aws.spec import code_of, prop, request
from twin.aws.types.s3.setting import Setting, bucket_setting
from twin.framework.check import known
from twin.framework.declaration import Given, Inputs, Property, Record

_VERSIONING = prop(
    "versioningConfiguration",
    "VersioningConfiguration",
    fields=(prop("status", allowed=("Enabled", "Suspended", "Disabled")),),
    samples=({"status": "Enabled"}, {"status": "Suspended"}),
)


def _put_versioning(s3: Any, bucket: str, inputs: Inputs) -> None:
    wanted = request((_VERSIONING,), inputs)
    # A bucket that never had versions is `Disabled`, which no request can say.
    if wanted["VersioningConfiguration"]["Status"] != "Disabled":
        s3.put_bucket_versioning(Bucket=bucket, **wanted)


def _get_versioning(s3: Any, bucket: str) -> Record | None:
    status = s3.get_bucket_versioning(Bucket=bucket).get("Status")
    return {"VersioningConfiguration": {"Status": status}} if status else None


def _suspend_versioning(s3: Any, bucket: str) -> None:
    try:
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    except ClientError as error:
        # Where objects are locked, versions stay: as the official provider does, leave them.
        if code_of(error) != "InvalidBucketState":
            raise


BUCKET_VERSIONING = bucket_setting(
    "aws:s3/bucketVersioning:BucketVersioning",
    (_VERSIONING,),
    Setting(put=_put_versioning, get=_get_versioning, clear=_suspend_versioning),
)

_RETENTION = prop(
    "defaultRetention",
    fields=(
        prop("mode", allowed=("COMPLIANCE", "GOVERNANCE")),
        prop("days", low=1, conflicts=("years",)),
        prop("years", low=1, conflicts=("days",)),
    ),
)
_LOCK: Final[tuple[Property, ...]] = (
    prop("objectLockEnabled", default="Enabled", allowed=("Enabled",), replaces=True, samples=("Enabled",)),
    prop(
        "rule",
        fields=(_RETENTION,),
        samples=(
            {"defaultRetention": {"mode": "GOVERNANCE", "days": 1}},
            {"defaultRetention": {"mode": "COMPLIANCE", "days": 30}},
            {"defaultRetention": {"mode": "GOVERNANCE", "years": 1}},
        ),
    ),
)
_LOCK_WITHOUT_RULE: Final = {"ObjectLockEnabled": "Enabled"}


def _put_lock(s3: Any, bucket: str, inputs: Inputs) -> None:
    s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=request(_LOCK, inputs))


BUCKET_OBJECT_LOCK_CONFIGURATION = bucket_setting(
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    _LOCK,
    Setting(
        put=_put_lock,
        get=lambda s3, bucket: s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"],
        clear=lambda s3, bucket: s3.put_object_lock_configuration(
            Bucket=bucket, ObjectLockConfiguration=_LOCK_WITHOUT_RULE
        ),
        missing="ObjectLockConfigurationNotFoundError",
    ),
)

_BY_DEFAULT = prop(
    "applyServerSideEncryptionByDefault",
    "ApplyServerSideEncryptionByDefault",
    fields=(
        prop("sseAlgorithm", "SSEAlgorithm", allowed=("AES256", "aws:kms", "aws:kms:dsse")),
        prop("kmsMasterKeyId", "KMSMasterKeyID"),
    ),
)
_ENCRYPTION = prop(
    "rules",
    fields=(_BY_DEFAULT, prop("bucketKeyEnabled")),
    samples=(
        [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}],
        [
            {
                "applyServerSideEncryptionByDefault": {
                    "sseAlgorithm": "aws:kms",
                    "kmsMasterKeyId": Given("key arn"),
                },
                "bucketKeyEnabled": True,
            }
        ],
    ),
)


def _put_encryption(s3: Any, bucket: str, inputs: Inputs) -> None:
    wanted = request((_ENCRYPTION,), inputs)
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=wanted)


BUCKET_SERVER_SIDE_ENCRYPTION_CONFIGURATION = bucket_setting(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    (_ENCRYPTION,),
    Setting(
        put=_put_encryption,
        get=lambda s3, bucket: s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"],
        clear=lambda s3, bucket: s3.delete_bucket_encryption(Bucket=bucket),
        missing="ServerSideEncryptionConfigurationNotFoundError",
    ),
)

_LIFECYCLE = prop(
    "rules",
    unordered=True,
    fields=(
        prop("id", "ID"),
        prop("status", allowed=("Enabled", "Disabled")),
        prop("filter", fields=(prop("prefix"),)),
        prop("expiration", fields=(prop("days", low=1), prop("expiredObjectDeleteMarker"))),
        prop(
            "noncurrentVersionExpiration",
            fields=(prop("noncurrentDays", low=1), prop("newerNoncurrentVersions", low=1, high=100)),
        ),
        prop("abortIncompleteMultipartUpload", fields=(prop("daysAfterInitiation", low=1),)),
    ),
    samples=(
        [
            {
                "id": "replaced",
                "status": "Enabled",
                "filter": {"prefix": "journal/"},
                "noncurrentVersionExpiration": {"noncurrentDays": 30},
                "abortIncompleteMultipartUpload": {"daysAfterInitiation": 1},
            }
        ],
        [
            {"id": "replaced", "status": "Disabled", "filter": {"prefix": ""}, "expiration": {"days": 90}},
            {"id": "uploads", "status": "Enabled", "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7}},
        ],
    ),
)


def _put_lifecycle(s3: Any, bucket: str, inputs: Inputs) -> None:
    rules = request((_LIFECYCLE,), inputs)["Rules"]
    # A rule that says nothing of what it is for is for everything, which the API wants written down.
    complete = [{"Filter": {"Prefix": ""}, **rule} for rule in rules]
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": complete})


def _one_rule_an_id(inputs: Inputs) -> Iterable[CheckFailure]:
    if not known(inputs, "rules"):
        return
    ids = [rule.get("id") for rule in inputs["rules"] if isinstance(rule, dict)]
    for id_ in {id_ for id_ in ids if isinstance(id_, str) and ids.count(id_) > 1}:
        yield CheckFailure("rules", f"rule ids must be unique, found `{id_}` more than once")


BUCKET_LIFECYCLE_CONFIGURATION = bucket_setting(
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    (_LIFECYCLE,),
    Setting(
        put=_put_lifecycle,
        get=lambda s3, bucket: s3.get_bucket_lifecycle_configuration(Bucket=bucket),
        clear=lambda s3, bucket: s3.delete_bucket_lifecycle(Bucket=bucket),
        missing="NoSuchLifecycleConfiguration",
    ),
    rules=(_one_rule_an_id,),
)
