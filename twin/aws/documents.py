"""Policy documents: JSON texts that mean the same when order, spacing and single-item lists differ."""

from __future__ import annotations

import json
import re
from typing import Any, cast
from urllib.parse import unquote

from twin.aws.spec import prop
from twin.framework.declaration import Property
from twin.framework.values import Plain

_UNORDERED = frozenset({"Action", "NotAction", "Resource", "NotResource"})
_ROOT = re.compile(r"arn:aws:iam::(\d{12}):root")


def policy(name: str, path: str | None = None, **facts: Any) -> Property:
    """A property that holds a policy document."""
    return prop(name, path, decode=document_text, canonical=canonical_policy, **facts)


def document(name: str, path: str | None = None, **facts: Any) -> Property:
    """A property that holds any other JSON document."""
    return prop(name, path, decode=document_text, canonical=canonical_json, **facts)


def document_text(value: Plain) -> Plain:
    """The text of a document that the API answers as an object, as text, or as text with URL escapes."""
    if isinstance(value, str):
        return unquote(value) if value.startswith("%7B") else value
    return json.dumps(value, separators=(",", ":"))


def canonical_json(value: Plain) -> Plain:
    """One spelling for every text of the same JSON value; what is no JSON stays as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.dumps(json.loads(value), sort_keys=True)
    except ValueError:
        return value


def canonical_policy(value: Plain) -> Plain:
    """One spelling for every text of the same policy; what is no JSON object stays as it is."""
    if not isinstance(value, str):
        return value
    try:
        content: Any = json.loads(value)
    except ValueError:
        return value
    if not isinstance(content, dict):
        return value
    whole = cast("dict[str, Any]", content)
    statements = whole.get("Statement", [])
    listed = cast("list[dict[str, Any]]", statements if isinstance(statements, list) else [statements])
    return json.dumps({**whole, "Statement": [_statement(item) for item in listed]}, sort_keys=True)


def _statement(statement: dict[str, Any]) -> dict[str, Any]:
    """A statement whose sets are sorted lists."""
    spelt: dict[str, Any] = {}
    for key, value in statement.items():
        if key in _UNORDERED:
            spelt[key] = _set(value)
        elif key in ("Principal", "NotPrincipal"):
            spelt[key] = {"AWS": ["*"]} if value == "*" else {kind: _principals(who) for kind, who in value.items()}
        elif key == "Condition":
            spelt[key] = {
                operator: {name: _set(values) for name, values in tests.items()} for operator, tests in value.items()
            }
        else:
            spelt[key] = value
    return spelt


def _principals(value: Any) -> list[str]:
    return [_ROOT.sub(r"\1", who) for who in _set(value)]


def _set(value: Any) -> list[str]:
    items = cast("list[Any]", value if isinstance(value, list) else [value])
    return sorted(item if isinstance(item, str) else json.dumps(item) for item in items)
