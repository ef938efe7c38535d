"""What policy documents allow a service of AWS, as far as services check it when they are configured.

Looked at: `Effect: Allow`, `Principal` (a service, or everybody), `Action`, `Resource`, and the conditions on
`aws:SourceArn` and `aws:SourceAccount`. Denials and every other condition are AWS's own business at run time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, cast

from moto.iam.models import iam_backends
from moto.utilities.utils import get_partition


def _several(value: Any) -> list[str]:
    return [str(item) for item in cast("list[Any]", value)] if isinstance(value, list) else [str(value)]


def _statements(document: str | bytes | Mapping[str, Any] | None) -> Iterator[Mapping[str, Any]]:
    if not document:
        return
    parsed = json.loads(document) if isinstance(document, (str, bytes)) else document
    found = parsed.get("Statement", [])
    yield from found if isinstance(found, list) else [found]


def _speaks_of(statement: Mapping[str, Any], service: str) -> bool:
    principal = statement.get("Principal")
    if principal == "*":
        return True
    services = cast("Mapping[str, Any]", principal).get("Service", []) if isinstance(principal, Mapping) else []
    return service in _several(services)


def _matches(patterns: Iterable[str], value: str) -> bool:
    return any(fnmatchcase(value.lower(), pattern.lower()) for pattern in patterns)


def _from_here(statement: Mapping[str, Any], source_arn: str, account: str) -> bool:
    """Whether conditions on where a request comes from hold for this resource of this account."""
    told = {"aws:sourcearn": source_arn, "aws:sourceaccount": account}
    for values in cast("Mapping[str, Mapping[str, Any]]", statement.get("Condition") or {}).values():
        for key, wanted in values.items():
            seen = told.get(key.lower())
            if seen is not None and not _matches(_several(wanted), seen):
                return False
    return True


def allows(
    document: str | bytes | Mapping[str, Any] | None,
    service: str,
    action: str,
    resource: str,
    source_arn: str = "",
    account: str = "",
) -> bool:
    """Whether a resource's policy lets a service do that with the resource, for the sake of `source_arn`.

    Example: `allows(policy, "cloudtrail.amazonaws.com", "s3:GetBucketAcl", "arn:aws:s3:::logs", trail, account)`.
    """
    return any(
        statement.get("Effect") == "Allow"
        and _speaks_of(statement, service)
        and _matches(_several(statement.get("Action", [])), action)
        and _matches(_several(statement.get("Resource", [])), resource)
        and _from_here(statement, source_arn, account)
        for statement in _statements(document)
    )


def assumable(account: str, region: str, role_arn: str, service: str) -> bool:
    """Whether the role exists and trusts the service."""
    roles = iam_backends[account][get_partition(region)].get_roles()
    role = next((item for item in roles if item.arn == role_arn), None)
    return role is not None and any(
        statement.get("Effect") == "Allow"
        and _speaks_of(statement, service)
        and "sts:AssumeRole" in _several(statement.get("Action", []))
        for statement in _statements(role.assume_role_policy_document)
    )
