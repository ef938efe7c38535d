"""Buckets: what public access blocks and locks forbid."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterable
from typing import Any, Final, cast

from moto.s3.exceptions import AccessDeniedByLock, InvalidBucketState, S3ClientError
from moto.s3.models import S3Backend
from moto.s3control.models import s3control_backends

from twin.aws.server.extension.patching import around

ADDS: Final = (
    "a public bucket policy is refused where the bucket or the account blocks public policies",
    "a bucket policy that is no JSON, or speaks of another bucket, is malformed",
    "a bucket whose objects can be locked keeps its versions",
    "the default retention of a bucket may change whatever lies in it",
    "a retention can be shortened by whoever passes by governance, and by nobody under compliance",
)

_NARROWING: Final = frozenset(
    {
        "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:sourceaccount",
        "aws:sourcearn", "aws:sourceip", "aws:sourceorgid", "aws:sourceowner", "aws:sourcevpc", "aws:sourcevpce",
        "aws:userid", "s3:dataaccesspointaccount", "s3:dataaccesspointarn",
    }
)  # fmt: skip
"""Conditions that make a statement for everybody one for somebody, when their value is no wildcard."""


def extend() -> None:
    """Change moto's backend in place."""
    around(S3Backend, "put_bucket_policy", _put_bucket_policy)
    around(S3Backend, "put_bucket_versioning", _put_bucket_versioning)
    around(S3Backend, "put_object_lock_configuration", _put_object_lock_configuration)
    around(S3Backend, "put_object_retention", _put_object_retention)


def _put_bucket_policy(put: Callable[..., Any], backend: S3Backend, bucket_name: str, policy: bytes) -> None:
    statements = _statements(bucket_name, policy)
    blocks = (
        backend.get_bucket(bucket_name).public_access_block,
        s3control_backends[backend.account_id][backend.partition].public_access_block,
    )
    if any(block and block.block_public_policy for block in blocks) and any(map(_is_public, statements)):
        raise S3ClientError(
            "AccessDenied",
            "User is not authorized to perform: s3:PutBucketPolicy because public policies are prevented by the "
            "BlockPublicPolicy setting in S3 Block Public Access.",
        )
    put(backend, bucket_name, policy)


def _statements(bucket: str, policy: bytes) -> list[dict[str, Any]]:
    try:
        listed = json.loads(policy)["Statement"]
    except (ValueError, LookupError, TypeError) as error:
        raise S3ClientError("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'") from error
    statements = cast("list[dict[str, Any]]", listed if isinstance(listed, list) else [listed])
    own = f"arn:aws:s3:::{bucket}"
    for statement in statements:
        for resource in _several(statement.get("Resource", statement.get("NotResource", ()))):
            if resource not in ("*", own) and not resource.startswith(f"{own}/"):
                raise S3ClientError("MalformedPolicy", "Policy has invalid resource")
    return statements


def _is_public(statement: dict[str, Any]) -> bool:
    principal = statement.get("Principal")
    everybody = principal == "*" or (isinstance(principal, dict) and "*" in _several(principal.get("AWS", ())))
    return statement.get("Effect") == "Allow" and everybody and not _is_narrowed(statement)


def _is_narrowed(statement: dict[str, Any]) -> bool:
    conditions: dict[str, dict[str, Any]] = statement.get("Condition") or {}
    return any(
        key.lower() in _NARROWING and not any("*" in str(value) for value in _several(values))
        for operator, tests in conditions.items()
        if "Not" not in operator
        for key, values in tests.items()
    )


def _several(value: Any) -> Iterable[str]:
    return (value,) if isinstance(value, str) else value


def _put_bucket_versioning(put: Callable[..., Any], backend: S3Backend, bucket_name: str, status: str) -> None:
    if backend.get_bucket(bucket_name).object_lock_enabled and status != "Enabled":
        raise InvalidBucketState(
            "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed."
        )
    put(backend, bucket_name, status)


def _put_object_lock_configuration(
    _put: Callable[..., Any],
    backend: S3Backend,
    bucket_name: str,
    lock_enabled: bool,
    mode: str | None = None,
    days: int | None = None,
    years: int | None = None,
) -> None:
    bucket = backend.get_bucket(bucket_name)
    if not bucket.is_versioned:
        raise InvalidBucketState("Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration")
    bucket.object_lock_enabled = bucket.object_lock_enabled or lock_enabled
    bucket.default_lock_mode, bucket.default_lock_days, bucket.default_lock_years = mode, days, years


def _put_object_retention(
    put: Callable[..., Any],
    backend: S3Backend,
    bucket_name: str,
    key_name: str,
    version_id: str | None,
    retention: tuple[str | None, str | None],
) -> None:
    key = backend.get_object(bucket_name, key_name, version_id=version_id)
    mode, until = retention
    weaker = key is not None and (mode != key.lock_mode or _moment(until) < _moment(key.lock_until))
    # Who passes by governance says so in a header that moto's backend never sees: here nobody shortens by accident.
    if key is not None and weaker and key.is_locked(governance_bypass=key.lock_mode == "GOVERNANCE"):
        raise AccessDeniedByLock
    put(backend, bucket_name, key_name, version_id, retention)


def _moment(text: str | None) -> datetime.datetime:
    """Clients write fractions of a second, or leave them out."""
    return datetime.datetime.fromisoformat(text) if text else datetime.datetime.min.replace(tzinfo=datetime.UTC)
