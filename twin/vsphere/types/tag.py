"""vsphere.Tag."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from providers.logic import CheckFailure, ProviderError
from twin.framework.check import known as is_known
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Record, ResourceType
from twin.vsphere.session import Session
from twin.vsphere.spec import prop
from twin.vsphere.types.tag_category import category_by_name


def tag_by_name(session: Session, category: str, name: str) -> str | None:
    """The id of the tag of that name in a category, if there is one."""
    try:
        ids = session.rest.call("POST", f"/tag/id:{category}?~action=list-tags-for-category", {}) or []
    except LookupError:
        return None
    for id_ in ids:
        tag = read_tag(session, id_)
        if tag is not None and tag["name"] == name:
            return str(id_)
    return None


def read_tag(session: Session, id_: str) -> dict[str, Any] | None:
    """The tag as the REST API has it; None when it is gone."""
    try:
        return session.rest.call("GET", f"/tag/id:{id_}")
    except LookupError:
        return None


def _create(call: Call[Session], inputs: Inputs) -> str:
    session = call.world
    category, name = inputs["categoryId"], inputs["name"]
    with session.turn(f"tags of {category}"):
        if tag_by_name(session, category, name) is not None:
            raise ProviderError(
                f"tag {name!r} already exists in its category on vCenter {session.server} (already_exists)"
            )
        spec = {"name": name, "description": inputs.get("description") or "", "category_id": category}
        try:
            return str(session.rest.call("POST", "/tag", {"create_spec": spec}))
        except LookupError as error:
            raise ProviderError(f"could not create tag {name!r}: category {category!r} does not exist") from error


def _read(call: Call[Session], id_: str, _known: Inputs) -> Record | None:
    return read_tag(call.world, id_)


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    spec = {name: changes.new.get(name) or "" for name in ("name", "description") if name in changes.names}
    call.world.rest.call("PATCH", f"/tag/id:{id_}", {"update_spec": spec})


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    try:
        call.world.rest.call("DELETE", f"/tag/id:{id_}")
    except LookupError:
        return


def _locate(call: Call[Session], name: str) -> Found | None:
    if name.startswith("urn:vmomi:"):
        return None
    try:
        names = json.loads(name)
        category_name, tag_name = names["category_name"], names["tag_name"]
    except (ValueError, KeyError, TypeError) as error:
        raise ProviderError(f"a tag is imported as {TAG.import_syntax}, not {name!r}") from error
    category = category_by_name(call.world, category_name)
    found = None if category is None else tag_by_name(call.world, category, tag_name)
    if found is None:
        raise ProviderError(f"tag name {tag_name!r} not found in category {category_name!r}")
    return Found(found)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return tag_by_name(call.world, inputs["categoryId"], inputs["name"])


def _category_is_an_id(inputs: Inputs) -> Iterable[CheckFailure]:
    if is_known(inputs, "categoryId") and not str(inputs["categoryId"]).startswith("urn:vmomi"):
        yield CheckFailure("categoryId", "`categoryId` must start with urn:vmomi: it is an id, not a name")


TAG = ResourceType[Session](
    "vsphere:index/tag:Tag",
    properties=(
        prop("name", samples=("tag-a", "tag-b")),
        prop("description", samples=("north", "south")),
        prop("categoryId", read="category_id", samples=(Given("category"), Given("other category"))),
    ),
    outputs=(),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name", "categoryId"),
    autoname="name",
    rules=(_category_is_an_id,),
    import_syntax='{"category_name": "...", "tag_name": "..."}',
)
