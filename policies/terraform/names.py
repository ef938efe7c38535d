"""What Terraform calls a Pulumi type and its properties: a table made from facts, see `operations/checkov`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, cast

_TABLE: Final = Path(__file__).with_name("names.json")
_LOWER_BEFORE_UPPER: Final = re.compile(r"(?<!^)([A-Z])")

Kind = Literal["plain", "one", "many", "object", "map"]


class Names:
    """The properties of a type, or of an object inside one, that do not follow from the rule."""

    def __init__(self, lines: Mapping[str, Any], lost: frozenset[str] = frozenset(), path: str = "") -> None:
        self._lines = lines
        self._lost = lost
        self._path = path

    def field(self, name: str) -> Field | None:
        """What a property is called; None where the facts do not have it."""
        where = f"{self._path}.{name}" if self._path else name
        if where in self._lost:
            return None
        line = cast("Mapping[str, Any]", self._lines.get(name, {}))
        return Field(
            name=line.get("to") or snake_case(name),
            kind=line.get("kind", "plain"),
            inside=Names(line.get("of", {}), self._lost, where),
        )


@dataclass(frozen=True)
class Field:
    """Where a property goes."""

    name: str
    kind: Kind
    """`one`: a list of at most one in Terraform, a single value in Pulumi. `plain`: an object here is JSON there."""
    inside: Names


@dataclass(frozen=True)
class TerraformType:
    """A resource type on the other side."""

    name: str
    names: Names


def terraform_type(token: str) -> TerraformType | None:
    """The type a token stands for; None when Checkov has no checks of it."""
    return _table().get(token)


def unmapped_types() -> Mapping[str, str]:
    """Types that Checkov checks and no Pulumi resource is, with the reason."""
    return cast("dict[str, str]", _document()["unmapped"])


def snake_case(name: str) -> str:
    """`ebsBlockDevice` to `ebs_block_device`."""
    return _LOWER_BEFORE_UPPER.sub(r"_\1", name).lower()


@cache
def _document() -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(_TABLE.read_text("utf-8")))


@cache
def _table() -> dict[str, TerraformType]:
    return {
        token: TerraformType(line["type"], Names(line.get("names", {}), frozenset(line.get("lost", ()))))
        for token, line in _document()["types"].items()
    }
