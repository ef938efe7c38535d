"""Property values as they travel between program and engine.

A `Struct` is JSON plus signatures: a map holding the signature key is a secret, an output, an asset, an archive or a
reference to a resource, and one well-known string stands for a value that is not known yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from google.protobuf import struct_pb2
from pulumi.runtime import rpc

Wire = Any
"""Plain Python: None, bool, int, float, str, list, dict; signatures are ordinary maps."""

UNKNOWN = rpc.UNKNOWN
SIGNATURE = rpc._special_sig_key  # pyright: ignore[reportPrivateUsage]  # the protocol's constants have no public name
SECRET = rpc._special_secret_sig  # pyright: ignore[reportPrivateUsage]
OUTPUT = rpc._special_output_value_sig  # pyright: ignore[reportPrivateUsage]
RESOURCE = rpc._special_resource_sig  # pyright: ignore[reportPrivateUsage]
ASSET = rpc._special_asset_sig  # pyright: ignore[reportPrivateUsage]
ARCHIVE = rpc._special_archive_sig  # pyright: ignore[reportPrivateUsage]


def plain(value: struct_pb2.Value) -> Wire:
    """Unpack one protobuf value; whole numbers become `int`, as JSON would print them."""
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "struct_value":
        return plain_map(value.struct_value)
    if kind == "list_value":
        return [plain(element) for element in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() and abs(number) < 2**53 else number
    return value.bool_value if kind == "bool_value" else None


def plain_map(struct: struct_pb2.Struct) -> dict[str, Wire]:
    """Unpack a protobuf map, sorted by key: protobuf keeps none of the order it was given."""
    fields = struct.fields
    return {key: plain(fields[key]) for key in sorted(fields)}


def packed(properties: Mapping[str, Wire]) -> struct_pb2.Struct:
    """Pack plain values into the protobuf map a program understands."""
    struct = struct_pb2.Struct()
    struct.update(dict(properties))
    return struct


def signature(value: Wire) -> str | None:
    """What kind of special value this map is; None for everything else."""
    return cast("str | None", value.get(SIGNATURE)) if isinstance(value, dict) else None


def secret(value: Wire) -> Wire:
    """Mark a value secret, once."""
    return value if signature(value) == SECRET else {SIGNATURE: SECRET, "value": value}


def contains_secret(value: Wire) -> bool:
    """Whether a secret sits anywhere inside."""
    if signature(value) == SECRET or (signature(value) == OUTPUT and value.get("secret")):
        return True
    return any(contains_secret(inner) for inner in _children(value))


def upgraded(value: Wire) -> Wire:
    """Turn secrets and unknowns into output values, the form a transform receives them in."""
    if value == UNKNOWN:
        return {SIGNATURE: OUTPUT}
    if signature(value) == SECRET:
        inner = upgraded(value["value"])
        return {**inner, "secret": True} if signature(inner) == OUTPUT else _output(inner, secret=True)
    return _mapped(value, upgraded)


def downgraded(value: Wire) -> Wire:
    """Turn output values back into secrets, unknowns and plain values; what they depended on is lost."""
    if signature(value) == OUTPUT:
        inner = downgraded(value["value"]) if "value" in value else UNKNOWN
        return secret(inner) if value.get("secret") else inner
    return _mapped(value, downgraded)


def with_dependencies(value: Wire, dependencies: Sequence[str]) -> Wire:
    """An output value that also depends on these URNs."""
    current = output_dependencies(value)
    if current.issuperset(dependencies):
        return value
    output = value if signature(value) == OUTPUT else _output(value)
    return {**output, "dependencies": sorted({*output.get("dependencies", ()), *dependencies})}


def output_dependencies(value: Wire) -> set[str]:
    """Every URN that output values inside depend on."""
    own = set(cast("list[str]", value.get("dependencies", ()))) if signature(value) == OUTPUT else set[str]()
    return own.union(*(output_dependencies(inner) for inner in _children(value)))


def _output(value: Wire, *, secret: bool = False) -> Wire:
    return {SIGNATURE: OUTPUT, "value": value} | ({"secret": True} if secret else {})


def _children(value: Wire) -> Iterator[Wire]:
    if isinstance(value, dict):
        yield from cast("dict[str, Wire]", value).values()
    elif isinstance(value, list):
        yield from cast("list[Wire]", value)


def _mapped(value: Wire, change: Any) -> Wire:
    if isinstance(value, dict):
        return {key: change(inner) for key, inner in cast("dict[str, Wire]", value).items()}
    if isinstance(value, list):
        return [change(inner) for inner in cast("list[Wire]", value)]
    return value
