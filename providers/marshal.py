"""Property maps to the engine's wire form and back, with unknowns and secrets.

The SDK's `PropertyValue.marshal` raises on unknown values and its `unmarshal` takes their marker for plain text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from google.protobuf import struct_pb2
from pulumi.provider.experimental.property_value import Computed, PropertyValue

from providers.logic import Properties
from providers.values import UNKNOWN

SIGNATURE_KEY = "4dabf18193072939515e22adb298388d"
"""The key by which the engine tells its own kinds of object from a plain one."""
SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a marker, not a secret
OUTPUT_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

UNKNOWN_MARKER = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""An unknown string; what is sent for every unknown, as the language SDKs do."""
_UNKNOWN_MARKERS = frozenset(
    {
        UNKNOWN_MARKER,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)


def to_struct(properties: Properties) -> struct_pb2.Struct:
    """Return the wire form. Dependencies stay behind: the engine tracks them itself for what a provider answers."""
    return struct_pb2.Struct(fields={key: _to_wire(value) for key, value in properties.items()})


def from_struct(struct: struct_pb2.Struct) -> dict[str, PropertyValue]:
    """Return the property map of a wire form; a missing message reads as an empty map."""
    return {key: _from_wire(value) for key, value in struct.fields.items()}


def _to_wire(value: PropertyValue) -> struct_pb2.Value:
    wire = _plain_to_wire(value)
    if not value.is_secret:
        return wire
    marker = struct_pb2.Value(string_value=SECRET_SIGNATURE)
    return struct_pb2.Value(struct_value=struct_pb2.Struct(fields={SIGNATURE_KEY: marker, "value": wire}))


def _plain_to_wire(value: PropertyValue) -> struct_pb2.Value:
    inner = value.value
    if isinstance(inner, Computed):
        return struct_pb2.Value(string_value=UNKNOWN_MARKER)
    if isinstance(inner, Mapping):
        return struct_pb2.Value(struct_value=to_struct(inner))
    if isinstance(inner, Sequence) and not isinstance(inner, str):
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=[_to_wire(item) for item in inner]))
    return PropertyValue(inner).marshal()


def _from_wire(wire: struct_pb2.Value) -> PropertyValue:
    kind = wire.WhichOneof("kind")
    if kind == "string_value" and wire.string_value in _UNKNOWN_MARKERS:
        return UNKNOWN
    if kind == "list_value":
        return PropertyValue([_from_wire(item) for item in wire.list_value.values])
    if kind != "struct_value":
        return PropertyValue.unmarshal(wire)
    return _from_object(wire)


def _from_object(wire: struct_pb2.Value) -> PropertyValue:
    """Read an object, or whatever its signature says it stands for."""
    fields = wire.struct_value.fields
    signature = fields[SIGNATURE_KEY].string_value if SIGNATURE_KEY in fields else None
    if signature is None:
        return PropertyValue(from_struct(wire.struct_value))
    if signature == SECRET_SIGNATURE:
        return _from_wire(fields["value"]).with_secret(True)
    if signature == OUTPUT_SIGNATURE:
        known = _from_wire(fields["value"]) if "value" in fields else UNKNOWN
        secret = "secret" in fields and fields["secret"].bool_value
        return known.with_secret(known.is_secret or secret)
    return PropertyValue.unmarshal(wire)
