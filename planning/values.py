"""Property values as a plan holds them: JSON in which what is unknown or secret says so.

Markers are maps of one key: `{"$unknown": true}`, `{"$secret": "<fingerprint>"}`, `{"$resource": {...}}`,
`{"$asset": {...}}`, `{"$archive": {...}}`. A map of the program's own that has a key starting with `$` is wrapped in
`{"$map": {...}}`, so a marker is never anything else. A secret's value is not there: only a keyed fingerprint, which
changes when the secret does and says nothing to who lacks the key.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from planning import wire

Value = Any
"""A JSON value with the markers above."""

UNKNOWN: Final[dict[str, bool]] = {"$unknown": True}


def is_unknown(value: Value) -> bool:
    """Whether the value itself is not known yet."""
    return _marker(value) == "$unknown"


def is_secret(value: Value) -> bool:
    """Whether the value itself is a secret."""
    return _marker(value) == "$secret"


def fingerprint_of(secret: Value) -> str | None:
    """A secret's fingerprint; None when part of the secret is not known yet, or nobody could read it."""
    return cast("str | None", secret["$secret"])


def members(value: Value) -> Mapping[str, Value] | None:
    """The entries of a map of the program's own, wrapped or not; None for everything else, markers included."""
    if not isinstance(value, dict):
        return None
    marker = _marker(value)
    return cast("Mapping[str, Value] | None", value if marker is None else value.get("$map"))


def contains_unknown(value: Value) -> bool:
    """Whether anything inside is not known yet."""
    return is_unknown(value) or any(contains_unknown(inner) for inner in _inside(value))


def without_fingerprints(value: Value) -> Value:
    """The same value with every secret reduced to its bare marker."""
    if is_secret(value):
        return {"$secret": None}
    if isinstance(value, list):
        return [without_fingerprints(inner) for inner in cast("list[Value]", value)]
    entries = members(value)
    if entries is None:
        return value
    bare = {key: without_fingerprints(inner) for key, inner in entries.items()}
    return {"$map": bare} if _marker(value) else bare


def plain_value(value: Any) -> Value:
    """A value in which nothing is unknown or secret, whatever its keys look like, as a plan would hold it."""
    if isinstance(value, list):
        return [plain_value(inner) for inner in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    translated = {key: plain_value(inner) for key, inner in cast("dict[str, Any]", value).items()}
    return {"$map": translated} if any(key.startswith("$") for key in translated) else translated


class FingerprintKey:
    """Turns secrets into fingerprints. Plans made with one key can be compared down to their secrets."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = secrets.token_bytes(32) if key is None else key

    @property
    def id(self) -> str:
        """Names the key without giving it away."""
        return hmac.new(self._key, b"metropole fingerprint key", hashlib.sha256).hexdigest()[:16]

    def hex(self) -> str:
        """The key itself, for the process that makes the plan."""
        return self._key.hex()

    def fingerprint(self, value: wire.Wire) -> str:
        """A secret's fingerprint: equal for equal values, and nothing more."""
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:32]

    def value(self, value: wire.Wire) -> Value:
        """Translate one value from the wire; no secret survives it."""
        if value == wire.UNKNOWN:
            return UNKNOWN
        if isinstance(value, list):
            return [self.value(inner) for inner in cast("list[wire.Wire]", value)]
        if not isinstance(value, dict):
            return value
        return self._map(cast("dict[str, wire.Wire]", value))

    def properties(self, properties: Mapping[str, wire.Wire]) -> dict[str, Value]:
        """Translate a resource's properties, by name."""
        return {key: self.value(value) for key, value in properties.items()}

    def _map(self, value: dict[str, wire.Wire]) -> Value:
        kind = wire.signature(value)
        if kind is None:
            translated = self.properties(value)
            return {"$map": translated} if any(key.startswith("$") for key in translated) else translated
        if kind == wire.SECRET:
            inner = value["value"]
            return {"$secret": None if contains_unknown(self.value(inner)) else self.fingerprint(inner)}
        if kind == wire.OUTPUT:
            return self.value(wire.downgraded(value))
        content = self.properties({key: inner for key, inner in value.items() if key != wire.SIGNATURE})
        marker = {wire.RESOURCE: "$resource", wire.ASSET: "$asset", wire.ARCHIVE: "$archive"}[kind]
        return {marker: content}


_MARKERS: Final = frozenset({"$unknown", "$secret", "$resource", "$asset", "$archive", "$map"})


def _marker(value: Value) -> str | None:
    if not isinstance(value, dict):
        return None
    keys = list(cast("dict[str, Value]", value))
    return keys[0] if len(keys) == 1 and keys[0] in _MARKERS else None


def _inside(value: Value) -> Iterable[Value]:
    if isinstance(value, list):
        return cast("list[Value]", value)
    entries = members(value)
    if entries is None:
        entries = cast("dict[str, Value]", value) if isinstance(value, dict) else {}
    return entries.values()
