"""Between plain Python values and the engine's `PropertyValue`, whose own constructor and comparison have gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from pulumi.provider.experimental.property_value import Computed, PropertyValue, PythonValue

from providers.logic import Properties

Plain = None | bool | int | float | str | Sequence["Plain"] | Mapping[str, "Plain"]
"""What JSON can say."""


@dataclass(frozen=True)
class Unknown(Computed):
    """A value only known after the update. The SDK's own `Computed` raises when it is compared with anything."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Computed)

    def __hash__(self) -> int:
        return hash(Unknown)


UNKNOWN = PropertyValue(Unknown())
"""The unknown property value."""


def is_unknown(value: PropertyValue) -> bool:
    """Whether the value itself is unknown; see `contains_unknown` for what is inside of it."""
    return isinstance(value.value, Computed)


def contains_unknown(value: PropertyValue) -> bool:
    """Whether the value or anything inside of it is unknown."""
    inner = value.value
    if isinstance(inner, Mapping):
        return any(contains_unknown(item) for item in inner.values())
    if isinstance(inner, Sequence) and not isinstance(inner, str):
        return any(contains_unknown(item) for item in inner)
    return is_unknown(value)


def property_value(plain: object, *, secret: bool = False) -> PropertyValue:
    """Wrap a plain value, at any depth; integers become the engine's floats, property values stay as they are.

    Raises `TypeError` for what the engine has no value for.
    """
    if isinstance(plain, PropertyValue):
        return plain.with_secret(True) if secret else plain
    if isinstance(plain, int) and not isinstance(plain, bool):
        return PropertyValue(float(plain), is_secret=secret)
    if isinstance(plain, Mapping):
        items = cast("Mapping[str, object]", plain)
        return PropertyValue({key: property_value(item) for key, item in items.items()}, is_secret=secret)
    if isinstance(plain, Sequence) and not isinstance(plain, str):
        return PropertyValue([property_value(item) for item in cast("Sequence[object]", plain)], is_secret=secret)
    return PropertyValue(cast("PythonValue", plain), is_secret=secret)


def plain_value(value: PropertyValue) -> Plain:
    """Unwrap a known value, secrets included; whole numbers come out as `int`.

    Raises `ValueError` when something in it is unknown: ask `contains_unknown` first.
    """
    inner = value.value
    if inner is None or isinstance(inner, (bool, str)):
        return inner
    if isinstance(inner, float):
        return int(inner) if inner.is_integer() else inner
    if isinstance(inner, Mapping):
        return {key: plain_value(item) for key, item in inner.items()}
    if isinstance(inner, Sequence):
        return [plain_value(item) for item in inner]
    if isinstance(inner, Computed):
        raise ValueError("an unknown value has no plain form")
    raise ValueError(f"{type(inner).__name__} has no plain form")


def same(one: PropertyValue, other: PropertyValue) -> bool:
    """Whether two values are equal, whatever is secret about them and whatever they depend on.

    An unknown equals nothing, not even another unknown: what is not known yet may well differ.
    """
    a, b = one.value, other.value
    if isinstance(a, Computed) or isinstance(b, Computed):
        return False
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(same(item, b[key]) for key, item in a.items())
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    if isinstance(a, Sequence) and isinstance(b, Sequence):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return type(a) is type(b) and a == b


def same_properties(one: Properties, other: Properties) -> bool:
    """Whether two property maps are equal in the sense of `same`."""
    return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
