"""Tags: what a resource declares, what the provider's configuration adds, and finding things by both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from twin.aws.session import Session
from twin.aws.spec import prop
from twin.framework.declaration import Inputs, Property
from twin.framework.values import UNKNOWN, Plain, has_unknown

NAME: Final = "Name"
STACK: Final = "metropole:stack"

TAGS: Final[tuple[Property, ...]] = (
    prop("tags", "tags", write="", samples=({"Name": "north"}, {"Name": "south", "owner": "city"}, {})),
    prop("tagsAll", "tagsAll", write="", samples=({"Name": "north"},)),
)
"""The two properties of every type that takes tags; the record has them from `tags_record`."""


def all_tags(session: Session | None, tags: Plain) -> Plain:
    """`tagsAll`: the default tags with the resource's own over them."""
    if tags is UNKNOWN or has_unknown(tags):
        return UNKNOWN
    return {**(session.default_tags if session is not None else {}), **(tags or {})}


def tags_record(session: Session, present: Mapping[str, str], known: Inputs) -> dict[str, Plain]:
    """The part of a record that `TAGS` reads. A default tag counts as the resource's own only if it declares it too."""
    own: Mapping[str, str] = known.get("tags") or {}
    declared = {
        key: value
        for key, value in present.items()
        if not key.startswith("aws:") and (key in own or session.default_tags.get(key) != value)
    }
    return {"tags": declared, "tagsAll": {key: value for key, value in present.items() if not key.startswith("aws:")}}


def as_list(tags: Mapping[str, str] | None, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """As most requests want them: `[{"Key": "Name", "Value": "north"}]`."""
    return [{key: name, value: text} for name, text in sorted((tags or {}).items())]


def as_map(listed: Iterable[Mapping[str, Any]] | None, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """As most answers have them, turned into a map."""
    return {str(item[key]): str(item.get(value, "")) for item in listed or ()}


def changed_tags(old: Inputs, new: Inputs) -> tuple[dict[str, str], list[str]]:
    """What an update has to set, and which keys it has to remove."""
    before: Mapping[str, str] = old.get("tagsAll") or {}
    after: Mapping[str, str] = new.get("tagsAll") or {}
    added = {key: value for key, value in after.items() if before.get(key) != value}
    return added, sorted(before.keys() - after.keys())


def is_ours(present: Mapping[str, str], inputs: Inputs) -> bool:
    """Whether an object with these tags is the one that these inputs would have made: same `Name`, same stack."""
    wanted: Mapping[str, str] = inputs.get("tagsAll") or {}
    return NAME in wanted and all(present.get(key) == wanted.get(key) for key in (NAME, STACK))
