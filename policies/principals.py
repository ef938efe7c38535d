"""Whom a policy statement lets in, as far as that is somebody of another account."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from policies.values import Node

_ACCOUNT: Final = re.compile(r"^(?:arn:[^:]*:(?:iam|sts)::(\d{12}):.*|(\d{12}))$")
_BINDING_KEYS: Final = frozenset({"kms:calleraccount", "aws:principalaccount"})
_BINDING_OPERATORS: Final = frozenset({"stringequals", "stringequalsignorecase"})


def foreign(statement: Node, ours: frozenset[str]) -> Iterator[str]:
    """Principals of a statement that are of no account of ours; AWS's services, which act for others, are let be.

    Everybody (`*`) is ours where a condition binds the caller's account to ours alone.
    """
    if statement["NotPrincipal"].exists:
        yield "whoever NotPrincipal leaves out"
    principal = statement["Principal"]
    for node in principal.entries["AWS"].items if "AWS" in principal.entries else principal.items:
        if node.entries:
            continue  # only services or identity providers are named
        who = node.text()
        account = _ACCOUNT.match(who)
        if account is None:
            if not _is_bound(statement["Condition"], ours):
                yield who
        elif (account.group(1) or account.group(2)) not in ours:
            yield who


def _is_bound(conditions: Node, ours: frozenset[str]) -> bool:
    for operator, tests in conditions.entries.items():
        if operator.lower() in _BINDING_OPERATORS:
            for key, expected in tests.entries.items():
                if key.lower() in _BINDING_KEYS and {account.text() for account in expected.items} <= ours:
                    return True
    return False
