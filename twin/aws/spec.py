"""Declarations in the words of AWS: `cidrBlock` is `CidrBlock` in requests and answers unless it says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final, TypeVar, cast

from botocore.exceptions import ClientError

from twin.framework.deadline import Deadline
from twin.framework.declaration import Inputs, Kept, Output, Property
from twin.framework.values import Plain

_FIRST_POLL_SECONDS: Final = 0.02
_LONGEST_POLL_SECONDS: Final = 1.0

Found = TypeVar("Found")


def prop(name: str, path: str | None = None, **facts: Any) -> Property:
    """A property that requests and answers have under `path`, dotted; `Name` for `name` when it is left out.

    Nested `fields` made with `prop` are converted both ways by their own paths.
    """
    fields: tuple[Property, ...] = facts.get("fields", ())
    if fields:
        facts.setdefault("encode", partial(_convert, partial(request, fields)))
        facts.setdefault("decode", partial(_convert, partial(parsed, fields)))
    return Property(name, pascal(name) if path is None else path, **facts)


def output(name: str, path: str | None = None, **facts: Any) -> Output:
    """An output that answers have under `path`; `Name` for `name` when it is left out."""
    return Output(name, pascal(name) if path is None else path, **facts)


def pascal(name: str) -> str:
    """`CidrBlock` for `cidrBlock`."""
    return name[:1].upper() + name[1:]


def request(properties: Iterable[Property], inputs: Inputs, names: Iterable[str] | None = None) -> dict[str, Any]:
    """The arguments of a call that these inputs set; `names` keeps only those properties."""
    chosen = None if names is None else frozenset(names)
    arguments: dict[str, Any] = {}
    for item in properties:
        value = inputs.get(item.name)
        wanted = item.write_path and item.kept is Kept.WORLD and (chosen is None or item.name in chosen)
        if value is None or not wanted:
            continue
        *way, leaf = item.write_path.split(".")
        here = arguments
        for step in way:
            here = here.setdefault(step, {})
        here[leaf] = item.encode(value)
    return arguments


def parsed(properties: Iterable[Property], answer: Mapping[str, Any]) -> dict[str, Plain]:
    """The values of properties in an answer, absent ones left out."""
    values: dict[str, Plain] = {}
    for item in properties:
        here: Any = answer
        for step in item.read_path.split("."):
            here = cast("Mapping[str, Any]", here).get(step) if isinstance(here, Mapping) else None
        if here is not None:
            values[item.name] = item.decode(here)
    return values


def _convert(each: Callable[[Any], Plain], value: Plain) -> Plain:
    return [each(item) for item in cast("list[Any]", value)] if isinstance(value, list) else each(value)


def code_of(error: ClientError) -> str:
    """The error's code: `NoSuchBucket`."""
    return str(error.response.get("Error", {}).get("Code", ""))


def unless_missing(action: Callable[[], Found], *codes: str) -> Found | None:
    """What a call answers; None when it fails with one of these codes."""
    try:
        return action()
    except ClientError as error:
        if code_of(error) in codes:
            return None
        raise


def every(client: Any, operation: str, key: str, **arguments: Any) -> list[Any]:
    """All items of a listing that comes in pages: `every(kms, "list_aliases", "Aliases")`."""
    if not client.can_paginate(operation):
        return list(getattr(client, operation)(**arguments)[key])
    pages = client.get_paginator(operation).paginate(**arguments)
    return [item for page in pages for item in page.get(key, ())]


def wait_until(deadline: Deadline, doing: str, probe: Callable[[], bool]) -> None:
    """Ask again and again, ever more slowly, until the probe says yes. Raises `ProviderError` when out of time."""
    pause = _FIRST_POLL_SECONDS
    while not probe():
        deadline.pause(pause, doing)
        pause = min(pause * 2, _LONGEST_POLL_SECONDS)
