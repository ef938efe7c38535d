"""Facts about the Terraform provider's resource types, out of the package of Python bindings generated from its schema.

`python -m operations.checkov.provider_facts FOLDER TYPE...` writes them; FOLDER holds the unpacked bindings.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

FACTS: Final = Path(__file__).with_name("provider_facts.json")
BINDINGS: Final = "21.22.1"

_FUNCTION: Final = re.compile(r"^function (\w+)ToHclTerraform\(struct\) \{$(.*?)^\}$", re.MULTILINE | re.DOTALL)
_ATTRIBUTES: Final = re.compile(r"^    synthesizeHclAttributes\(\) \{$(.*?)^    \}$", re.MULTILINE | re.DOTALL)
_FIELD: Final = re.compile(
    r"^ +(\w+): \{\s+value: (.*),\s+isBlock: \w+,\s+type: \"(\w+)\",\s+storageClassType: \"(\w+)\",", re.MULTILINE
)
_NESTED: Final = re.compile(r"(\w+)ToHclTerraform")
_DEEPEST: Final = 9
_PRIMITIVES: Final = frozenset({"string", "number", "boolean"})

Shape = Any
"""`value`, `list`, `map`; or `[kind, fields]` of nested ones: `one` (a list of one), `many`, `object`, `map`."""


def extract(folder: Path, types: list[str]) -> dict[str, dict[str, Shape]]:
    """Type to fields, for those of these types that the bindings know."""
    found: dict[str, dict[str, Shape]] = {}
    for type_ in sorted(set(types)):
        short = type_.removeprefix("aws_").replace("_", "-")
        file = next((folder / name / "index.js" for name in (short, f"aws-{short}") if (folder / name).is_dir()), None)
        if file is not None:
            text = file.read_text("utf-8")
            functions = dict(_FUNCTION.findall(text))
            attributes = _ATTRIBUTES.search(text)
            found[type_] = _fields(attributes[1] if attributes else "", functions, 0)
    return found


def render(facts: Mapping[str, Mapping[str, Shape]]) -> str:
    """The text of the file: one type a line."""
    lines = ",\n".join(
        f"  {json.dumps(type_)}: {json.dumps(fields, sort_keys=True, separators=(',', ':'))}"
        for type_, fields in sorted(facts.items())
    )
    return f'{{\n "source": "provider bindings {BINDINGS}, facts only",\n "types": {{\n{lines}\n }}\n}}\n'


def load() -> dict[str, dict[str, Shape]]:
    """The committed facts."""
    return json.loads(FACTS.read_text("utf-8"))["types"]


def _fields(body: str, functions: Mapping[str, str], depth: int) -> dict[str, Shape]:
    return {
        name: _shape(value, kind, storage, functions, depth)
        for name, value, kind, storage in _FIELD.findall(body)
        if name != "timeouts"
    }


def _shape(value: str, kind: str, storage: str, functions: Mapping[str, str], depth: int) -> Shape:
    nested = [name for name in _NESTED.findall(value) if name in functions]
    if not nested or depth == _DEEPEST:
        if kind == "simple":
            return "value"
        return "map" if kind == "map" or (storage.endswith("Map") and kind != "list") else "list"
    fields = _fields(functions[nested[-1]], functions, depth + 1)
    if kind == "map":
        return ["map", fields]
    if kind == "struct":
        return ["object", fields]
    return ["many" if "listMapper" in value else "one", fields]


if __name__ == "__main__":
    FACTS.write_text(render(extract(Path(sys.argv[1]), sys.argv[2:])), "utf-8")
