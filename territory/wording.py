"""Pydantic's errors in words: whose value, what was expected, the nearest valid one, what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import Any, Final, cast, get_args

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from territory import model
from territory.errors import Violation, nearest, one_of
from territory.yaml_source import Pointer

SINGULAR: Final = {
    "datacenters": "datacenter",
    "hosts": "host",
    "cloud_regions": "cloud region",
    "carriers": "carrier",
    "paths": "path",
    "border_routers": "border router",
    "circuits": "circuit",
    "access_networks": "access network",
    "sectors": "sector",
    "communes": "commune",
    "services": "service",
    "assets": "asset",
    "edge_sites": "edge site",
}

_PATTERNS: Final = {
    model.IDENTIFIER_PATTERN: "lower-case words and digits joined by hyphens, starting with a letter: lac-router-1",
    model.INSEE_PATTERN: 'an INSEE code of five characters, département first, in quotes: "33063"',
    model.DEPARTEMENT_PATTERN: 'the two characters of a département, in quotes: "33"',
    model.COUNTRY_PATTERN: "two capital letters (ISO 3166-1): FR",
    model.AVAILABILITY_ZONE_PATTERN: "the letter of an availability zone, a to h",
    model.IMAGE_PATTERN: "the id of a machine image: ami-0123456789abcdef0",
}

_KINDS: Final = {
    "tuple_type": "a list: [first, second]",
    "dict_type": "keys and values: {key: value}",
    "model_type": "keys and values: {key: value}",
    "int_type": "a whole number",
    "float_type": "a number",
}


def violation_of(details: ErrorDetails, data: Mapping[str, object]) -> Violation:
    """One of pydantic's errors about `data`."""
    pointer = tuple(step for step in details["loc"] if step != "[key]")
    match details["type"]:
        case "missing" if isinstance(pointer[-1], int):  # an entry of a tuple of fixed length
            return _too_short(data, pointer[:-1], given=pointer[-1], least=pointer[-1] + 1)
        case "missing":
            return _missing(data, pointer)
        case "too_short":
            context = details.get("ctx", {})
            return _too_short(data, pointer, given=context["actual_length"], least=context["min_length"])
        case "extra_forbidden":
            return _unknown_key(data, pointer)
        case _:
            return _invalid(details, data, pointer)


def _invalid(details: ErrorDetails, data: Mapping[str, object], pointer: Pointer) -> Violation:
    about, key, found = subject(data, pointer), _key(pointer), details["input"]
    whole_entry = isinstance(pointer[-1], int) and key in SINGULAR
    context = details.get("ctx", {})
    near: str | None = None
    remedy: str | None = None
    match details["type"]:
        case "enum" | "literal_error":
            valid = re.findall(r"'([^']*)'", str(context["expected"]))
            expected, near = one_of(valid), nearest(found, valid)
            remedy = f"Write {key}: {near}" if near else f"Choose {expected}."
        case "string_type" if isinstance(found, int | float):
            expected, remedy = "text", f'Put it in quotes: "{_shown(found)}"'
        case "string_pattern_mismatch":
            expected, near = _PATTERNS[str(context["pattern"])], _mended(str(found), str(context["pattern"]), data)
            remedy = f"Write it as {near}" if near else None
        case "ip_v4_address" | "value_error" if _is_address(pointer):
            expected = "an IPv4 address: 192.0.2.1"
        case "ip_v4_network" | "value_error":  # nothing else raises ValueError
            expected, remedy = "an IPv4 network: 10.0.0.0/12", _network_remedy(found)
        case "too_long":
            expected = f"at most {context['max_length']}"
        case kind:
            expected = _KINDS.get(kind) or re.sub(r"^Input should (be )?", "", details["msg"]).split(",")[0]
    return Violation(
        pointer,
        f"{about if whole_entry else f'{about}: {key}'} is not valid",
        found=_shown(found),
        expected=expected,
        nearest=near,
        remedy=remedy or f"Correct {SINGULAR[key] if whole_entry else key}{_in_brackets(pointer)}.",
    )


def subject(data: object, pointer: Pointer) -> str:
    """What people call the thing a pointer leads into: `circuit lac-1-pessac-2`."""
    words: list[str] = []
    kind = "entry"
    for step in pointer:
        if isinstance(step, str):
            kind = SINGULAR.get(step, step)
            if not isinstance(data, Mapping):
                break
            data = cast(Mapping[str, object], data).get(step)
        elif isinstance(data, Sequence) and not isinstance(data, str):
            items = cast(Sequence[object], data)
            data = items[step] if step < len(items) else None
            if isinstance(data, Mapping) or kind in SINGULAR.values():
                data = cast(Mapping[str, object], data) if isinstance(data, Mapping) else {}
                words.append(f"{kind} {_name_of(cast(Mapping[str, object], data)) or f'number {step + 1} of its list'}")
    if not words and len(pointer) > 1:
        return ".".join(str(step) for step in pointer[:-1])
    return ", ".join(words) or "the territory"


def _name_of(item: Mapping[str, object]) -> str:
    return " ".join(
        str(item[key]) for key in ("insee", "id", "name") if key in item and not ("id" in item and key == "name")
    )


def _missing(data: Mapping[str, object], pointer: Pointer) -> Violation:
    key = pointer[-1]
    if len(pointer) == 1:
        return Violation(
            (),
            f"no file of the territory has the key {key}",
            expected=f"{key} at the top level of one file",
            remedy=f"Write {key}: in one of the *.yaml files.",
        )
    return Violation(
        pointer[:-1],
        f"{subject(data, pointer)} has no {key}",
        expected=f"the key {key}",
        remedy=f"Add {key}{_in_brackets(pointer)}.",
    )


def _too_short(data: Mapping[str, object], pointer: Pointer, given: int, least: int) -> Violation:
    key = _key(pointer)
    return Violation(
        pointer,
        f"{subject(data, pointer)} has too few {key}",
        found=str(given),
        expected=f"at least {least}",
        remedy=f"Add {key}{_in_brackets(pointer)}.",
    )


def _unknown_key(data: Mapping[str, object], pointer: Pointer) -> Violation:
    key = str(pointer[-1])
    owner = _model_at(pointer[:-1])
    valid = tuple(owner.model_fields) if owner else ()
    near = nearest_key(pointer)
    torn = " " in key  # {name: Along the road, eastern half}: YAML ends the text at the comma
    delete = "If it belongs to the text before the comma, put that text in quotes." if torn else "Delete it."
    return Violation(
        pointer,
        f"{subject(data, pointer)} has an unknown key, {key}",
        found=key,
        expected=one_of(valid, limit=20),
        nearest=near,
        remedy=f"Rename it to {near}, or delete it." if near else delete,
    )


def _mended(found: str, pattern: str, data: Mapping[str, object]) -> str | None:
    """The valid value the author probably meant: a commune's code for its name, an identifier without capitals."""
    if pattern == model.INSEE_PATTERN:
        codes = {str(item.get("name")): str(item.get("insee")) for item in _communes(data)}
        name = nearest(found, codes)
        return f'"{codes[name]}" ({name})' if name else None
    if pattern == model.IDENTIFIER_PATTERN:
        candidate = re.sub(r"[^a-z0-9]+", "-", found.lower()).strip("-")
        return candidate if re.fullmatch(pattern.strip("^$"), candidate) else None
    return None


def _communes(data: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    communes = data.get("communes")
    for item in cast(list[object], communes) if isinstance(communes, list) else []:
        if isinstance(item, Mapping):
            yield cast(Mapping[str, object], item)


def _is_address(pointer: Pointer) -> bool:
    owner = _model_at(pointer[:-1])
    field = owner.model_fields.get(_key(pointer)) if owner else None
    return field is not None and field.annotation is IPv4Address


def _network_remedy(found: object) -> str | None:
    try:
        return f"Bits are set behind the prefix; write {IPv4Network(str(found), strict=False)}"
    except ValueError:
        return None


def nearest_key(pointer: Pointer) -> str | None:
    """The known key most like the unknown one a pointer ends in."""
    owner = _model_at(pointer[:-1])
    return nearest(pointer[-1], owner.model_fields) if owner else None


def _in_brackets(pointer: Pointer) -> str:
    """What a field means: its docstring on one line, or nothing."""
    owner = _model_at(pointer[:-1])
    field = owner.model_fields.get(str(pointer[-1])) if owner else None
    return f" ({' '.join(field.description.split()).rstrip('.')})" if field and field.description else ""


def _model_at(pointer: Pointer) -> type[model.Model] | None:
    current: type[model.Model] | None = model.Territory
    for step in pointer:
        if isinstance(step, str):
            field = current.model_fields.get(step) if current else None
            current = _model_in(field) if field else None
    return current


def _model_in(field: FieldInfo) -> type[model.Model] | None:
    waiting: list[Any] = [field.annotation]
    while waiting:
        annotation = waiting.pop()
        if isinstance(annotation, type) and issubclass(annotation, model.Model):
            return annotation
        waiting.extend(get_args(annotation))
    return None


def _key(pointer: Pointer) -> str:
    return next((step for step in reversed(pointer) if isinstance(step, str)), "")


def _shown(value: object) -> str:
    text = "nothing" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 80 else text[:77] + "..."
