"""Reads values out of a stack's configuration, one checked shape at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

import pulumi
from pulumi.runtime import config as runtime_config

NAMESPACE = "metropole"


class SettingsError(pulumi.RunError):
    """The stack's configuration cannot be used; the message ends with the command that mends it."""

    def __init__(self, key: str, problem: str, remedy: str) -> None:
        super().__init__(f"{NAMESPACE}:{key}: {problem}\n  remedy: {remedy} --stack {pulumi.get_stack()}")


class Configuration:
    """The keys of the current stack. Every method raises `SettingsError` for a value of another shape."""

    def __init__(self) -> None:
        self._config = pulumi.Config(NAMESPACE)

    def refuse_unknown(self, keys: Iterable[str]) -> None:
        """Raise `SettingsError` for a key of ours that is none of `keys`: what it was meant to say would go unheard."""
        written, _ = written_configuration()
        ours = sorted(key.removeprefix(f"{NAMESPACE}:") for key in written if key.startswith(f"{NAMESPACE}:"))
        known = tuple(keys)
        for key in ours:
            if key not in known:
                remedy = f"pulumi config rm {NAMESPACE}:{key}"
                raise SettingsError(key, f"is no such setting; expected {', '.join(known)}", remedy)

    def text(self, key: str) -> str:
        """A plain value that has to be there."""
        value = self._config.get(key)
        if not value:
            raise SettingsError(key, "is not set", set_command(key, "VALUE"))
        return value

    def optional_text(self, key: str) -> str | None:
        """A plain value, or None where it is not set or empty."""
        return self._config.get(key) or None

    def mapping(self, key: str) -> Mapping[str, Any]:
        """An object; empty where the key is not set."""
        return mapping(key, self._structured(key, {}))

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where the key is not set."""
        value = self._structured(key, [])
        if not isinstance(value, list):
            raise SettingsError(key, "expected a list of strings", set_path_command(f"{key}[0]", "VALUE"))
        return tuple(text(f"{key}[{i}]", item) for i, item in enumerate(cast("list[object]", value)))

    def _structured(self, key: str, default: object) -> object:
        written = self._config.get(key)
        if written is None:
            return default
        try:
            return json.loads(written)
        except json.JSONDecodeError:
            remedy = set_path_command(f"{key}.KEY", "VALUE")
            raise SettingsError(key, "expected an object, found plain text", remedy) from None


def written_configuration() -> tuple[Mapping[str, str], frozenset[str]]:
    """Everything the engine told this program, and the keys of what is secret."""
    # The SDK has no list of keys; these are the two places in which it looks a key up.
    written = {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()}
    return written, frozenset(runtime_config.get_config_secret_keys_env())


def mapping(key: str, value: object) -> Mapping[str, Any]:
    """An object below a key. The value itself is not shown: it may be a secret written in the wrong place."""
    if not isinstance(value, dict):
        found = type(value).__name__
        raise SettingsError(key, f"expected an object, found {found}", set_path_command(f"{key}.KEY", "VALUE"))
    return cast("dict[str, Any]", value)


def texts_by_name(key: str, value: object, names: Iterable[str] | None = None) -> Mapping[str, str]:
    """An object whose values are texts and whose keys, where `names` says them, are no others."""
    entry = mapping(key, value)
    if names is not None:
        refuse_unknown(key, entry, names)
    return {name: text(f"{key}.{name}", item) for name, item in entry.items()}


def refuse_unknown(key: str, entry: Iterable[str], names: Iterable[str], *, noun: str = "setting") -> None:
    """Raise `SettingsError` for the first key of an object that is none of `names`."""
    known = tuple(names)
    for name in entry:
        if name not in known:
            path = f"{key}.{name}"
            remedy = f"pulumi config rm --path '{NAMESPACE}:{path}'"
            raise SettingsError(path, f"is no such {noun}; expected {', '.join(known)}", remedy)


def text(key: str, value: object, *, secret: bool = False) -> str:
    """A text that is not empty; it is never shown, for it may be a secret."""
    if value is None:
        raise SettingsError(key, "is not set", set_path_command(key, "VALUE", secret=secret))
    if not isinstance(value, str) or not value:
        raise SettingsError(key, "expected a text that is not empty", set_path_command(key, "VALUE", secret=secret))
    return value


def truth(key: str, value: object) -> bool:
    """True or false, as YAML and JSON write them."""
    if isinstance(value, bool):
        return value
    raise SettingsError(key, f"found {value!r}, expected true or false", set_path_command(key, "false"))


def set_command(key: str, value: str) -> str:
    """The command, but for its stack, that sets a plain key."""
    return f"pulumi config set {NAMESPACE}:{key} {value}"


def set_path_command(key: str, value: str = "", *, secret: bool = False) -> str:
    """The same for a place inside a key.

    A secret's value is left out: the engine then asks for it, and no shell history remembers it.
    """
    path = f"--path '{NAMESPACE}:{key}'"
    return f"pulumi config set --secret {path}" if secret else f"pulumi config set {path} {value}"
