"""`python -m operations.checkov.names_table` writes how the types Checkov checks are called, and their properties.

Every line follows from two sets of facts: what the installed SDK accepts and what the Terraform provider does. A name
is only taken over when both sides have it in the same shape; what neither rule covers is written below by hand, or
named with the reason why nobody can.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from operations.checkov import provider_facts
from operations.checkov.hand_lines import PROPERTIES, TOKENS, WITHOUT_TOKEN
from operations.paths import CHECKOUT
from twin.aws.schema_extraction import extract

TABLE: Final = CHECKOUT / "policies" / "terraform" / "names.json"
_OFFICIAL: Final = CHECKOUT / "twin" / "aws" / "schema" / "tokens.json"

Facts = Mapping[str, Any]


def build() -> dict[str, Any]:
    """The table: `types` by token, and `unmapped` Terraform types with the reason."""
    facts = provider_facts.load()
    tokens = _tokens(set(facts))
    files = extract(tokens)
    types: dict[str, Any] = {}
    for token, terraform_type in sorted(tokens.items()):
        schema = files[f"{token.split(':')[1].split('/')[0]}.json"]
        table = _Table(terraform_type, schema["types"])
        inputs = {name: facts_of["type"] for name, facts_of in schema["resources"][token]["inputs"].items()}
        names = table.names(inputs, facts[terraform_type], "")
        types[token] = {"type": terraform_type} | ({"names": names} if names else {})
        if len([name for name in table.lost if "." not in name]) * 2 > len(inputs):
            raise ValueError(f"{token} is hardly {terraform_type}: it has not {sorted(table.lost)}")
        if table.lost:
            types[token]["lost"] = sorted(table.lost)
    unmapped = dict(WITHOUT_TOKEN)
    for terraform_type in sorted(set(facts) - set(tokens.values()) - set(unmapped)):
        raise ValueError(f"{terraform_type} has no token: write it into hand_lines.py, or say there why not")
    return {"types": types, "unmapped": unmapped}


def render(table: Facts) -> str:
    """The text of the file: one type a line."""
    lines = ",\n".join(
        f"  {json.dumps(token)}: {json.dumps(names, sort_keys=True)}" for token, names in table["types"].items()
    )
    unmapped = json.dumps(table["unmapped"], indent=1, sort_keys=True).replace("\n", "\n ")
    return f'{{\n "types": {{\n{lines}\n }},\n "unmapped": {unmapped}\n}}\n'


def _tokens(wanted: set[str]) -> dict[str, str]:
    """Token to Terraform type: by hand where it is written, else by the one rule that both names follow."""
    official = cast("list[str]", json.loads(_OFFICIAL.read_text("utf-8"))["resources"])
    found: dict[str, str] = {}
    candidates: defaultdict[str, list[str]] = defaultdict(list)
    for token in official:
        if token in TOKENS:
            if TOKENS[token] is not None:
                found[token] = cast("str", TOKENS[token])
            continue
        module, _, name = token.removeprefix("aws:").partition("/")
        snake = snake_case(name.split(":")[0])
        named = {f"aws_{snake}", f"aws_{snake_case(module)}_{snake}"} & wanted
        if len(named) > 1:
            raise ValueError(f"{token} may be any of {sorted(named)}: write it into hand_lines.py")
        for terraform_type in named:
            candidates[terraform_type].append(token)
    for terraform_type, tokens in candidates.items():
        if len(tokens) > 1:
            raise ValueError(f"{terraform_type} may be any of {tokens}: write it into hand_lines.py")
        found[tokens[0]] = terraform_type
    return found


@dataclass
class _Table:
    terraform_type: str
    objects: Facts
    lost: set[str] = field(default_factory=set[str])
    """Properties that these facts do not have: newer than they are."""

    def names(self, inputs: Facts, fields: Facts, path: str) -> dict[str, Any]:
        """Property to what does not follow from the rule: its field, its kind, what is inside."""
        found: dict[str, Any] = {}
        free = dict(fields)
        chosen: dict[str, str] = {}
        for rule in (self._by_hand, self._same, self._counted):
            for name in inputs:
                if name not in chosen:
                    match = next(rule(name, inputs[name], free, path), None)
                    if match is not None:
                        chosen[name] = match
                        del free[match]
        for name, type_ in inputs.items():
            where = f"{path}.{name}" if path else name
            if name not in chosen:
                self.lost.add(where)
                continue
            line = self._line(name, chosen[name], type_, fields[chosen[name]], where)
            if line:
                found[name] = line
        return found

    def _line(self, name: str, field_: str, type_: Any, shape: Any, where: str) -> dict[str, Any]:
        line: dict[str, Any] = {}
        if snake_case(name) != field_:
            line["to"] = field_
        kind, inner = cast("tuple[str, Any]", shape) if isinstance(shape, list) else (cast("str", shape), None)
        if kind in ("one", "many", "list"):
            # Each provider has its own idea of what there may be several of; a list of one is a list in Terraform.
            kind = "one" if not isinstance(type_, list) else "plain" if kind == "list" else "many"
        if kind not in ("plain", "value"):
            line["kind"] = kind
        element = _element(type_)
        if inner is not None and element in self.objects:
            nested = self.names(self.objects[element]["properties"], inner, where)
            if nested:
                line["of"] = nested
        return line

    def _by_hand(self, name: str, _type: Any, free: Facts, path: str) -> Iterator[str]:
        where = f"{self.terraform_type}.{path}.{name}" if path else f"{self.terraform_type}.{name}"
        if PROPERTIES.get(where) in free:
            yield PROPERTIES[where]

    def _same(self, name: str, type_: Any, free: Facts, _path: str) -> Iterator[str]:
        for candidate, shape in free.items():
            if camel_case(candidate) == name and self._fits(type_, shape):
                yield candidate

    def _counted(self, name: str, type_: Any, free: Facts, _path: str) -> Iterator[str]:
        """A list is called by its plural in Pulumi, and what holds one at most by its singular."""
        for candidate, shape in free.items():
            other = camel_case(candidate)
            many = isinstance(type_, list)
            if self._fits(type_, shape) and (name in plurals(other) if many else other in plurals(name)):
                yield candidate

    def _fits(self, type_: Any, shape: Any) -> bool:
        kind = shape[0] if isinstance(shape, list) else shape
        is_object = _element(type_) in self.objects
        if isinstance(type_, list):
            return kind in ("many", "list", "one")
        if isinstance(type_, dict):
            return kind == "map"
        if is_object:
            return kind in ("one", "object", "many")
        return kind in ("value", "list", "map") if type_ == "pulumi.json#/Any" else kind in ("value", "list")


def _element(type_: Any) -> str:
    if isinstance(type_, list):
        return _element(type_[0])
    if isinstance(type_, dict):
        return _element(cast("dict[str, Any]", type_)["*"])
    return cast("str", type_)


def snake_case(name: str) -> str:
    """`ebsBlockDevice` to `ebs_block_device`."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def camel_case(name: str) -> str:
    """`ebs_block_device` to `ebsBlockDevice`."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def plurals(word: str) -> tuple[str, ...]:
    """How English may write several of it."""
    if word.endswith("y"):
        return (f"{word[:-1]}ies", f"{word}s")
    if word.endswith(("s", "x", "ch", "sh")):
        return (f"{word}es", f"{word}s")
    return (f"{word}s",)


def write(path: Path = TABLE) -> None:
    """Write the table anew."""
    path.write_text(render(build()), "utf-8")


if __name__ == "__main__":
    write()
