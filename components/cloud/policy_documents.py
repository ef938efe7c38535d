"""The grammar of policies: statements, documents, and who may take a role. Pure; the documents proper are beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

Statement = Mapping[str, Any]
"""One sentence of a policy, ready to be written as JSON."""
Document = Mapping[str, Any]
"""A whole policy."""
Conditions = Mapping[str, Mapping[str, str | Sequence[str]]]
"""Operator to condition key to the value, or values, it is compared with."""

ANYBODY: Mapping[str, str] = {"AWS": "*"}


def statement(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[str],
    *,
    effect: Literal["Allow", "Deny"] = "Allow",
    principal: Mapping[str, str] | None = None,
    conditions: Conditions | None = None,
) -> Statement:
    """One sentence. `principal` only where the policy belongs to a resource."""
    written: dict[str, Any] = {"Sid": sid, "Effect": effect}
    if principal is not None:
        written["Principal"] = dict(principal)
    written |= {"Action": list(actions), "Resource": list(resources)}
    if conditions:
        written["Condition"] = {operator: dict(compared) for operator, compared in conditions.items()}
    return written


def document(*statements: Statement) -> Document:
    """A policy of these statements, in this order."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def to_json(policy: Document) -> str:
    """As the cloud wants it; the same text for the same policy, so that nothing changes by itself."""
    return json.dumps(policy, separators=(",", ":"))


def service_trust(service: str, conditions: Conditions | None = None) -> Document:
    """A service of the provider may take the role. A role can only be handed to a service within its own account;
    `conditions` tie it further where the service says on whose behalf it asks.

    Example: `service_trust("backup.amazonaws.com")`.
    """
    trust: dict[str, Any] = {
        "Sid": "Service",
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    if conditions:
        trust["Condition"] = {operator: dict(compared) for operator, compared in conditions.items()}
    return document(trust)
