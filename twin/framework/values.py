"""Plain Python values, and the engine's property values they come from and go back to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from pulumi.provider.experimental.property_value import Computed, PropertyValue

Plain = Any
"""None, bool, int, float, str, list, dict with string keys, or `UNKNOWN`; nested as in JSON."""


class Unknown:
    """A value that only exists once something else has been created."""

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN: Final = Unknown()


def plain(value: PropertyValue) -> Plain:
    """The value without secret marks or dependencies; whole numbers come back as int."""
    inner = value.value
    if isinstance(inner, Computed):
        return UNKNOWN
    if isinstance(inner, float):
        return int(inner) if inner.is_integer() else inner
    if isinstance(inner, Mapping):
        return {key: plain(item) for key, item in inner.items()}
    if isinstance(inner, Sequence) and not isinstance(inner, str):
        return [plain(item) for item in inner]
    return inner


def plain_map(values: Mapping[str, PropertyValue]) -> dict[str, Plain]:
    """`plain` over every property; nulls are left out, as the engine means them."""
    return {name: plain(value) for name, value in values.items() if value.value is not None}


def wrap(value: Plain, secret: bool = False) -> PropertyValue:
    """The property value of a plain one."""
    if isinstance(value, Unknown):
        return PropertyValue(Computed(), is_secret=secret)
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return PropertyValue(value, is_secret=secret)
    if isinstance(value, (int, float)):
        return PropertyValue(float(value), is_secret=secret)
    if isinstance(value, Mapping):
        items = cast("Mapping[str, Plain]", value).items()
        return PropertyValue({key: wrap(item) for key, item in items if item is not None}, is_secret=secret)
    if isinstance(value, Sequence):
        return PropertyValue([wrap(item) for item in cast("Sequence[Plain]", value)], is_secret=secret)
    raise TypeError(f"a {type(value).__name__} cannot be a property value")


def has_unknown(value: Plain) -> bool:
    """Whether anything inside is not known yet."""
    if isinstance(value, Unknown):
        return True
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in cast("Mapping[str, Plain]", value).values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in cast("list[Plain]", value))
    return False


def is_zero(value: Plain) -> bool:
    """Whether a bridged provider would store the value for a property that was left out."""
    return value is None or value is False or value in ("", 0, [], {})


def mark_secrets(
    values: Mapping[str, Plain], like: Mapping[str, PropertyValue], secrets: frozenset[str]
) -> dict[str, PropertyValue]:
    """Wrap every property; one that is secret in `like`, or by its schema (`secrets`), stays secret as a whole."""
    marked: dict[str, PropertyValue] = {}
    for name, value in values.items():
        if value is None:
            continue
        model = like.get(name)
        secret = name in secrets or (model is not None and model.contains_secret())
        marked[name] = wrap(value, secret=secret)
    return marked


Canonical = Callable[[Plain], Plain]
"""Brings the spellings of one value (case, order, trailing slash) to a single form, for comparing only."""
