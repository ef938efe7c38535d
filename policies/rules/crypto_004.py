"""CRYPTO-004: buckets are encrypted with a key of one's own."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity, each
from policies.encryption_keys import own_key
from policies.resource_types import BUCKET, BUCKET_ENCRYPTION, BUCKET_SSE_V2, BUCKET_V2
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.values import Node

WITH_KEY: Final = ("aws:kms", "aws:kms:dsse")


def check(resource: Resource) -> Outcomes:
    """Look at each rule of an encryption, wherever it is written; CRYPTO-003 asks that there is one."""
    if resource.type == BUCKET:
        yield from _rule(resource["serverSideEncryptionConfiguration"]["rule"], "applyServerSideEncryptionByDefault")
    elif resource.type == BUCKET_V2:
        yield from each(resource["serverSideEncryptionConfigurations"].items, _old)
    else:
        yield from each(resource["rules"].items, lambda rule: _rule(rule, "applyServerSideEncryptionByDefault"))


def _old(configuration: Node) -> Outcomes:
    yield from each(configuration["rules"].items, lambda rule: _rule(rule, "applyServerSideEncryptionByDefaults"))


def _rule(rule: Node, name: str) -> Outcomes:
    yield from each(rule[name].items, _judge)


def _judge(encryption: Node) -> Outcomes:
    algorithm = encryption["sseAlgorithm"]
    if algorithm.text() not in WITH_KEY:
        yield Problem(f"is encrypted by {algorithm.text()}, which knows no key of yours", algorithm.path)
    else:
        yield from own_key(encryption["kmsMasterKeyId"], "the bucket")


RULE = ResourceRule(
    id="CRYPTO-004",
    title="Buckets are encrypted with a key of one's own",
    severity=Severity.MEDIUM,
    types=(BUCKET, BUCKET_V2, BUCKET_ENCRYPTION, BUCKET_SSE_V2),
    rationale="Only of one's own key can one say who may use it, see who did, and take it away from everybody.",
    remediation="Set sseAlgorithm to aws:kms and kmsMasterKeyId to the ARN of a key of the territory.",
    check=check,
)
