"""CRYPTO-101: keys are held by the territory's own accounts, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from policies.answers import Outcomes, Problem, Severity, each, given
from policies.declared import accounts, comes_from_another
from policies.principals import foreign
from policies.resource_types import KMS_KEY
from policies.rule import TerritoryRule
from policies.subjects import Platform, Resource
from policies.values import Node

NAMES_A_KEY: Final = frozenset({"kmsKeyId", "kmsKeyArn", "kmsMasterKeyId", "masterKeyId", "keyId"})
HOLDS_SUCH: Final = ("serverSideEncryption", "rootBlockDevice", "ebsBlockDevices", "rules", "encryptionConfiguration")
"""Properties inside which a key may be named."""


def check(platform: Platform) -> Outcomes:
    """Look at whom each key's policy lets in, and at whose key is named wherever one is named."""
    ours = accounts(platform)
    yield from each(platform.of(KMS_KEY), partial(_policy, ours))
    cloud = [resource for resource in platform if resource.planned.package == "aws" and resource.planned.is_deployable]
    yield from each(cloud, partial(_named_keys, ours))


def _policy(ours: frozenset[str], key: Resource) -> Outcomes:
    def judge(statement: Node) -> Outcomes:
        yield from given(
            lambda: statement["Effect"].text() == "Allow",
            lambda: (Problem(f"lets {who} use the key", "policy", subject=key.urn) for who in foreign(statement, ours)),
        )

    yield from each(key["policy"].json()["Statement"].items, judge)


def _named_keys(ours: frozenset[str], resource: Resource) -> Outcomes:
    for name, node in resource.inputs.entries.items():
        # What another resource of the plan gives is a key whose own policy is judged.
        if (name in NAMES_A_KEY or name in HOLDS_SUCH) and not comes_from_another(resource, name):
            yield from each(_keys(name, node), partial(_whose, ours, resource))


def _keys(name: str, node: Node) -> Iterator[Node]:
    if name in NAMES_A_KEY:
        yield node
        return
    for item in node.items:
        for inner, value in item.entries.items():
            if inner in NAMES_A_KEY or inner == "applyServerSideEncryptionByDefault":
                yield from _keys(inner, value) if inner in NAMES_A_KEY else _keys("rules", value)


def _whose(ours: frozenset[str], resource: Resource, key: Node) -> Outcomes:
    named = key.text()
    parts = named.split(":")
    if "alias/aws/" in named:
        yield Problem(f"names {named}, a key whose policy is the provider's to write", key.path, subject=resource.urn)
    elif named.startswith("arn:") and len(parts) > 4 and parts[4] not in ours:
        yield Problem(f"names a key of the account {parts[4]}, not the territory's", key.path, subject=resource.urn)


RULE = TerritoryRule(
    id="CRYPTO-101",
    title="Keys are held by the territory's own accounts",
    severity=Severity.CRITICAL,
    rationale="Whoever else holds a key reads what it encrypts, and can take it away for ever by deleting the key.",
    remediation="Name only the territory's accounts as principals of a key's policy, or bind `*` to them with "
    "kms:CallerAccount; encrypt with keys of the plan, never alias/aws/….",
    check=check,
)
