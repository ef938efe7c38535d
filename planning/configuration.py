"""Stack configuration in the form a program receives it: strings, and the names of those that are secret."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from planning.errors import ConfigurationError

SECURE = "secure"
"""Pulumi's own mark: `{secure: ...}` in place of a value makes its whole key secret."""


@dataclass(frozen=True)
class ProgramConfiguration:
    """What the engine puts into a program's environment."""

    values: Mapping[str, str]
    secret_keys: frozenset[str]
    secret_texts: frozenset[str]
    """Every string that was marked secret, to be masked wherever the program talks."""


def program_configuration(configuration: Mapping[str, object], project: str) -> ProgramConfiguration:
    """Translate configuration as it stands in `Pulumi.<stack>.yaml` under `config:`.

    A key without namespace belongs to the project. What is under `secure` stays what it is: the value itself, or the
    ciphertext of a file that nobody decrypts here. `ConfigurationError` for a value Pulumi has no form for.
    """
    values: dict[str, str] = {}
    secret_keys: set[str] = set()
    secret_texts: set[str] = set()
    for key, value in configuration.items():
        name = key if ":" in key else f"{project}:{key}"
        secured = list(_secured(value))
        if secured:
            secret_keys.add(name)
            secret_texts.update(secured)
        values[name] = _text(name, _revealed(value))
    return ProgramConfiguration(values, frozenset(secret_keys), frozenset(text for text in secret_texts if text))


def _text(key: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        raise ConfigurationError(f"configuration key '{key}' has no value", remedy=f"Give '{key}' one, or remove it.")
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    except TypeError as error:
        raise ConfigurationError(f"configuration key '{key}': {error}") from None


def _is_secure(value: object) -> bool:
    return isinstance(value, Mapping) and set(cast("Mapping[str, object]", value)) == {SECURE}


def _revealed(value: object) -> object:
    if _is_secure(value):
        return cast("Mapping[str, object]", value)[SECURE]
    if isinstance(value, Mapping):
        return {key: _revealed(inner) for key, inner in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_revealed(inner) for inner in cast("list[object]", value)]
    return value


def _secured(value: object, secure: bool = False) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in cast("Mapping[str, object]", value).values():
            yield from _secured(inner, secure or _is_secure(value))
    elif isinstance(value, list | tuple):
        for inner in cast("list[object]", value):
            yield from _secured(inner, secure)
    elif secure:
        yield value if isinstance(value, str) else json.dumps(value)
