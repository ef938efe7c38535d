"""NET-012: no bucket's ACL is for everybody."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity, each
from policies.resource_types import BUCKET, BUCKET_ACL, BUCKET_ACL_V2, BUCKET_V2
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.values import Node

PUBLIC_ACLS: Final = ("public-read", "public-read-write", "authenticated-read")
PUBLIC_GROUPS: Final = (
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
)


def check(resource: Resource) -> Outcomes:
    """Look at the canned ACL, and at what is granted one by one."""
    yield from each((_canned, _granted), lambda look: look(resource))


def _canned(resource: Resource) -> Outcomes:
    acl = resource["acl"]
    if acl.text() in PUBLIC_ACLS:
        yield Problem(f"has the ACL {acl.text()}", acl.path)


def _granted(resource: Resource) -> Outcomes:
    if resource.type in (BUCKET, BUCKET_V2):
        yield from each(resource["grants"].items, lambda grant: _judge(grant["uri"]))
    else:
        grants = resource["accessControlPolicy"]["grants"]
        yield from each(grants.items, lambda grant: _judge(grant["grantee"]["uri"]))


def _judge(group: Node) -> Outcomes:
    if group.text() in PUBLIC_GROUPS:
        yield Problem(f"grants something to {group.text().rpartition('/')[2]}", group.path)


RULE = ResourceRule(
    id="NET-012",
    title="No bucket has a public ACL",
    severity=Severity.CRITICAL,
    types=(BUCKET, BUCKET_V2, BUCKET_ACL, BUCKET_ACL_V2),
    rationale="Whoever has the address reads it, and some public ACLs let everybody with any AWS account write too.",
    remediation="Remove acl and grants; set the bucket's ownership to BucketOwnerEnforced, which ends ACLs altogether.",
    check=check,
)
