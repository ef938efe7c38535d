"""Request objects built from dotted paths: a declaration names a place, pyVmomi's type information the way to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from pyVmomi import vim

from twin.framework.declaration import Changes, Inputs, Kept, Output, Property
from twin.framework.values import Plain

Casts = Mapping[str, type]
"""The concrete class to use at a path whose declared class is abstract."""


def build(kind: type, values: Mapping[str, Plain], casts: Casts | None = None) -> Any:
    """An object of that class with these paths set: `{"defaultPortConfig.vlan.vlanId": 120}`."""
    root: Any = kind()
    for path, value in values.items():
        _put(root, path, value, casts or {})
    return root


def _put(root: Any, path: str, value: Plain, casts: Casts) -> None:
    here = root
    *way, leaf = path.split(".")
    for index, step in enumerate(way):
        following = getattr(here, step)
        if following is None:
            following = casts.get(".".join(way[: index + 1]), _declared(here, step))()
            _own(following)
            setattr(here, step, following)
        here = following
    setattr(here, leaf, _leaf(_declared(here, leaf), value))


def _declared(obj: Any, step: str) -> Any:
    return obj._GetPropertyInfo(step).type


def _own(obj: Any) -> None:
    """A policy that is set here is no longer inherited from the switch."""
    if isinstance(obj, vim.InheritablePolicy):
        cast("Any", obj).inherited = False


def _leaf(kind: Any, value: Plain) -> Any:
    if (
        isinstance(kind, type)
        and issubclass(kind, vim.InheritablePolicy)
        and not isinstance(value, vim.InheritablePolicy)
    ):
        policy: Any = kind()
        policy.inherited, policy.value = False, value
        return policy
    return value


def bare(value: Any) -> Plain:
    """The value inside a policy object, and plain lists instead of pyVmomi's."""
    if isinstance(value, vim.InheritablePolicy) and hasattr(value, "value"):
        return bare(getattr(value, "value", None))
    if isinstance(value, list):
        return list(cast("list[Any]", value))
    # Enumerations and long integers are subclasses of str and int that only pyVmomi knows.
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    return value


def values_of(properties: Iterable[Property], inputs: Inputs, names: frozenset[str] | None = None) -> dict[str, Plain]:
    """The paths that the given inputs set; `names` keeps only these properties."""
    return {
        item.write_path: item.encode(inputs[item.name])
        for item in properties
        if item.write_path
        and item.kept is Kept.WORLD
        and inputs.get(item.name) is not None
        and (names is None or item.name in names)
    }


def prop(name: str, path: str = "", **facts: Any) -> Property:
    """A property whose value comes out of a pyVmomi object."""
    return Property(name, path, decode=_after_bare(facts.pop("decode", None)), **facts)


def output(name: str, path: str = "", **facts: Any) -> Output:
    """An output that comes out of a pyVmomi object."""
    return Output(name, path, decode=_after_bare(facts.pop("decode", None)), **facts)


def _after_bare(convert: Callable[[Any], Plain] | None) -> Callable[[Any], Plain]:
    def decode(raw: Any) -> Plain:
        value = bare(raw)
        return value if convert is None else convert(value)

    return decode


def values_changed(properties: Iterable[Property], changes: Changes) -> dict[str, Plain]:
    """The paths an update sends: what differs, and whatever shares the first part of its path.

    The API replaces such a part as a whole, so that a lone member would reset its neighbours.
    """
    items = [item for item in properties if item.write_path and item.kept is Kept.WORLD]
    parts = {item.write_path.split(".")[0] for item in items if item.name in changes.names}
    values: dict[str, Plain] = {}
    for item in items:
        value = changes.new.get(item.name)
        if value is None and item.name in changes.names:
            value = type(changes.old[item.name])()
        if value is not None and item.write_path.split(".")[0] in parts:
            values[item.write_path] = item.encode(value)
    return values


def options(values: Mapping[str, str]) -> list[Any]:
    """A map as the API's list of options."""
    return [vim.option.OptionValue(key=key, value=value) for key, value in sorted(values.items())]


def options_of(listed: Plain) -> dict[str, str]:
    """The API's list of options as a map; an emptied one counts as gone."""
    return {str(item.key): str(item.value) for item in listed if str(item.value) != ""}
