"""What a guest is told at its first start: cloud-init's user data, decoded, and the secrets in it."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from typing import Any, Final, cast

import yaml

from planning.values import plain_value
from policies.answers import Malformed
from policies.values import Node

LONGEST: Final = 1 << 20
"""Bytes of user data that are read; clouds and vCenters take far less."""
_LOCKED: Final = ("*", "!", "!!", "x")
_SECRET_KEYS: Final = frozenset(
    {"api_key", "hashed_passwd", "passwd", "password", "plain_text_passwd", "private_key", "secret", "token"}
)
_SECRET_TEXTS: Final = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "an AWS access key": re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),
}


def decoded(node: Node, encoding: str) -> str:
    """The text behind a value in one of cloud-init's encodings; `Malformed` where it is in none."""
    text = node.text()
    if encoding in ("", "none"):
        return text
    if encoding not in ("base64", "b64", "gzip+base64", "gz+b64"):
        raise Malformed(node.path, f"is in the encoding {encoding!r}, which cloud-init does not know")
    try:
        raw = base64.b64decode(text, validate=False)
        if encoding.startswith("gz"):
            raw = zlib.decompressobj(wbits=31).decompress(raw, LONGEST)
        return raw.decode()
    except (binascii.Error, zlib.error, UnicodeDecodeError):
        raise Malformed(node.path, f"is not what its encoding {encoding!r} says") from None


def cloud_config(text: str, path: str) -> Node | None:
    """The settings in a cloud-config document; None for user data of another kind, as a script."""
    if not text.startswith("#cloud-config"):
        return None
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise Malformed(path, "repeats itself by aliases, which can make any amount of text out of little")
        return Node(plain_value(yaml.safe_load(text)), path)
    except (yaml.YAMLError, ValueError, RecursionError):
        raise Malformed(path, "is no YAML behind its first line") from None


def secrets_in(text: str, path: str) -> Iterator[str]:
    """Names what in the user data should be known to nobody who may read the guest's settings."""
    for what, pattern in _SECRET_TEXTS.items():
        if pattern.search(text):
            yield what
    settings = cloud_config(text, path)
    if settings is not None:
        yield from _passwords(settings.value)


def _passwords(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for inner in cast("list[Any]", value):
            yield from _passwords(inner)
    elif isinstance(value, dict):
        for key, inner in cast("dict[str, Any]", value).items():
            if str(key).lower() in _SECRET_KEYS and isinstance(inner, str) and inner not in _LOCKED:
                yield f"a value under {key}"
            elif key == "chpasswd" and isinstance(inner, dict) and cast("dict[str, Any]", inner).get("list"):
                yield "a list of passwords under chpasswd"
            else:
                yield from _passwords(inner)
