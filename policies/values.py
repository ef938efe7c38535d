"""How rules read values: a value that is not known, or secret, raises `NotKnown` instead of passing for something."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any, Final, cast

from planning.values import Value, is_secret, is_unknown, members, plain_value
from policies.answers import Malformed, NotKnown

_ABSENT: Final = object()
_SECRET = "is secret"  # noqa: S105 - a reason


class Node:
    """One value and where it stands. Nothing that is read through it depends on what is not known yet."""

    __slots__ = ("_value", "path")

    def __init__(self, value: Value, path: str = "") -> None:
        self._value = value
        self.path = path

    def __repr__(self) -> str:
        return f"Node({self.path})"

    @property
    def exists(self) -> bool:
        """Whether there is anything, a secret included; nulls are nothing."""
        if self._value is _ABSENT or self._value is None:
            return False
        if is_unknown(self._value):
            raise NotKnown(self.path)
        return True

    @property
    def is_secret(self) -> bool:
        """Whether the value itself is kept secret."""
        if self._value is not _ABSENT and is_unknown(self._value):
            raise NotKnown(self.path)
        return self._value is not _ABSENT and is_secret(self._value)

    def __getitem__(self, key: str | int) -> Node:
        """A member of a map, or of a list; one that is not there is a node that does not exist."""
        inside = self._opened()
        if isinstance(key, int):
            found = inside[key] if isinstance(inside, list) and key < len(inside) else _ABSENT
            return Node(found, f"{self.path}[{key}]")
        found = inside.get(key, _ABSENT) if isinstance(inside, dict) else _ABSENT
        return Node(found, f"{self.path}.{key}" if self.path else key)

    def at(self, *keys: str | int) -> Node:
        """A member of a member. Example: `inputs.at("rules", 0, "status")`."""
        node = self
        for key in keys:
            node = node[key]
        return node

    @property
    def items(self) -> list[Node]:
        """The elements of a list; none when it is absent. A single value counts as a list of one."""
        inside = self._opened()
        if inside is None:
            return []
        if not isinstance(inside, list):
            return [self]
        return [Node(value, f"{self.path}[{index}]") for index, value in enumerate(inside)]

    @property
    def entries(self) -> dict[str, Node]:
        """The entries of a map; none when it is absent."""
        inside = self._opened()
        return {key: self[key] for key in inside} if isinstance(inside, dict) else {}

    @property
    def value(self) -> Any:
        """The whole as plain Python; None when absent. Everything inside has to be known."""
        inside = self._opened()
        if isinstance(inside, dict):
            return {key: self[key].value for key in inside}
        if isinstance(inside, list):
            return [node.value for node in self.items]
        return inside

    def text(self, default: str = "") -> str:
        """A string; numbers and truths as Pulumi writes them."""
        inside = self._opened()
        if inside is None:
            return default
        if isinstance(inside, dict | list):
            raise Malformed(self.path, "is no single value")
        if isinstance(inside, bool):
            return "true" if inside else "false"
        return str(int(inside)) if isinstance(inside, float) and inside.is_integer() else str(inside)

    def truth(self, default: bool = False) -> bool:
        """A boolean, also where it is written as text, as AWS's own examples do."""
        text = self.text("true" if default else "false").lower()
        if text not in ("true", "false"):
            raise Malformed(self.path, f"is {text!r}, which is neither true nor false")
        return text == "true"

    def number(self, default: float = 0) -> float:
        """A number, also where it is written as text."""
        text = self.text(str(default))
        try:
            return float(text)
        except ValueError:
            raise Malformed(self.path, f"is {text!r}, which is no number") from None

    def json(self) -> Node:
        """What a string holds as JSON, as IAM policies come; a map is taken as it is. Duplicate keys are malformed."""
        inside = self._opened()
        if inside is None or isinstance(inside, dict | list):
            return self
        try:
            parsed = json.loads(str(inside), object_pairs_hook=partial(_unique, self.path))
        except (ValueError, RecursionError) as error:
            raise Malformed(self.path, f"is no JSON: {error}") from None
        return Node(plain_value(parsed), self.path)

    def _opened(self) -> Mapping[str, Value] | list[Value] | str | float | bool | None:
        value = self._value
        if value is _ABSENT or value is None:
            return None
        if not isinstance(value, dict):
            return cast("list[Value] | str | float | bool", value)
        inside = members(cast("dict[str, Value]", value))
        if inside is not None:
            return inside
        if is_unknown(value):
            raise NotKnown(self.path)
        if is_secret(value):
            raise NotKnown(self.path, _SECRET)
        # Resources, assets and archives are handles: their content is nothing a rule can read.
        raise NotKnown(self.path, "is no plain value")


def _unique(path: str, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for index, (key, _) in enumerate(pairs) if key in [other for other, _ in pairs[:index]])
        raise Malformed(path, f"is JSON that says {twice!r} twice")
    return found
