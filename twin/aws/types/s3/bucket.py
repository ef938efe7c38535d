"""aws.s3.Bucket."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from providers.logic import ProviderError
from twin.aws.session import Session
from twin.aws.spec import code_of, every, output, prop, unless_missing
from twin.aws.tags import TAGS, as_list, as_map, tags_record
from twin.framework.declaration import Call, Changes, Found, Inputs, Kept, Record, ResourceType

GONE = ("404", "NoSuchBucket")


def _create(call: Call[Session], inputs: Inputs) -> str:
    name, region = str(inputs["bucket"]), call.world.region
    # The oldest region is the default one, and may not be named.
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    lock = bool(inputs.get("objectLockEnabled"))
    call.world.client("s3").create_bucket(Bucket=name, ObjectLockEnabledForBucket=lock, **place)
    return name


def _settle(call: Call[Session], id_: str, inputs: Inputs) -> None:
    _tag(call.world.client("s3"), id_, inputs)


def _tag(s3: Any, name: str, inputs: Inputs) -> None:
    tags = as_list(inputs.get("tagsAll"))
    if tags:
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags})
    else:
        s3.delete_bucket_tagging(Bucket=name)


def has_object_lock(s3: Any, name: str) -> bool:
    """Whether objects of a bucket can be locked, which is decided when it is made."""
    missing = ("ObjectLockConfigurationNotFoundError", *GONE)
    return unless_missing(lambda: s3.get_object_lock_configuration(Bucket=name), *missing) is not None


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    s3, region = call.world.client("s3"), call.world.region
    if unless_missing(lambda: s3.head_bucket(Bucket=id_), *GONE) is None:
        return None
    tagging = unless_missing(lambda: s3.get_bucket_tagging(Bucket=id_)["TagSet"], "NoSuchTagSet", *GONE)
    return {
        "bucket": id_,
        "objectLockEnabled": has_object_lock(s3, id_),
        "arn": f"arn:aws:s3:::{id_}",
        "bucketDomainName": f"{id_}.s3.amazonaws.com",
        "bucketRegion": s3.get_bucket_location(Bucket=id_)["LocationConstraint"] or "us-east-1",
        "bucketRegionalDomainName": f"{id_}.s3.{region}.amazonaws.com",
        **tags_record(call.world, as_map(tagging), known),
    }


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    if changes.touch("tags", "tagsAll"):
        _tag(call.world.client("s3"), id_, changes.new)


def _delete(call: Call[Session], id_: str, known: Inputs) -> None:
    s3 = call.world.client("s3")
    if known.get("forceDestroy") and unless_missing(lambda: s3.head_bucket(Bucket=id_), *GONE) is not None:
        _empty(call, s3, id_, locked=bool(known.get("objectLockEnabled")))
    try:
        unless_missing(lambda: s3.delete_bucket(Bucket=id_), *GONE)
    except ClientError as error:
        if code_of(error) != "BucketNotEmpty":
            raise
        raise ProviderError(
            f"deleting bucket {id_}: BucketNotEmpty: the bucket you tried to delete is not empty "
            "(forceDestroy deletes what is in it)"
        ) from error


def _empty(call: Call[Session], s3: Any, name: str, *, locked: bool) -> None:
    """Delete every version of every object; a governance lock is passed by, a compliance lock holds."""
    bypass = {"BypassGovernanceRetention": True} if locked else {}
    for kind in ("Versions", "DeleteMarkers"):
        for item in every(s3, "list_object_versions", kind, Bucket=name):
            call.deadline.check(f"emptying bucket {name}")
            s3.delete_object(Bucket=name, Key=item["Key"], VersionId=item["VersionId"], **bypass)


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    name = str(inputs["bucket"])
    return None if unless_missing(lambda: call.world.client("s3").head_bucket(Bucket=name), *GONE) is None else name


BUCKET = ResourceType[Session](
    "aws:s3/bucket:Bucket",
    properties=(
        prop("bucket", "bucket", replaces=True, samples=("bucket-north", "bucket-south")),
        prop("objectLockEnabled", "objectLockEnabled", computed=True, replaces=True, samples=(True, False)),
        prop("forceDestroy", kept=Kept.STATE, default=False, samples=(True,)),
        *TAGS,
    ),
    outputs=tuple(
        output(name, name) for name in ("arn", "bucketDomainName", "bucketRegion", "bucketRegionalDomainName")
    ),
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("bucket",),
    autoname="bucket",
    import_syntax="the bucket's name",
)
