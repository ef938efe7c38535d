"""Tags on objects, for every type that takes them."""

from __future__ import annotations

from typing import Any, Final

from providers.logic import ProviderError
from twin.framework.declaration import Given, Inputs
from twin.framework.values import Plain
from twin.vsphere.session import Session
from twin.vsphere.spec import prop

TAGS: Final = prop("tags", unordered=True, samples=([Given("tag")], [Given("tag"), Given("other tag")], []))
"""The property `tags`: ids of tags, in no order."""


def _object(obj: Any) -> dict[str, Any]:
    return {"object_id": {"id": obj._moId, "type": type(obj).__name__.rsplit(".", 1)[-1]}}


def attached(session: Session, obj: Any) -> list[str]:
    """The ids of the tags on an object."""
    return sorted(session.rest.call("POST", "/tag-association?~action=list-attached-tags", _object(obj)) or [])


def apply_tags(session: Session, obj: Any, inputs: Inputs) -> None:
    """Attach the tags that are missing, detach those that are not declared. Raises `ProviderError`."""
    wanted: set[str] = set(inputs.get("tags") or [])
    present = set(attached(session, obj))
    for tag in sorted(present - wanted):
        _associate(session, tag, "detach", obj)
    for tag in sorted(wanted - present):
        _associate(session, tag, "attach", obj)


def _associate(session: Session, tag: str, action: str, obj: Any) -> None:
    try:
        session.rest.call("POST", f"/tag-association/id:{tag}?~action={action}", _object(obj))
    except LookupError as error:
        raise ProviderError(f"cannot {action} tag {tag!r}: no such tag on vCenter {session.server}") from error


def tags_record(session: Session, obj: Any) -> dict[str, Plain]:
    """The part of a record that `TAGS` reads."""
    return {"tags": attached(session, obj)}
