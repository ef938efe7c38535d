"""What all types of EC2 do alike: tags at creation, tags later, one object by its id, ours by its tags."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from twin.aws.session import Session
from twin.aws.spec import every, unless_missing, wait_until
from twin.aws.tags import NAME, as_list, as_map, changed_tags, is_ours, tags_record
from twin.framework.declaration import Call, Changes, Found, Inputs
from twin.framework.values import Plain

Item = Mapping[str, Any]


def ec2(call: Call[Session]) -> Any:
    """The client."""
    return call.world.client("ec2")


def tag_specifications(kind: str, inputs: Inputs) -> dict[str, Any]:
    """The argument of a create call that tags what it makes: `kind` is `vpc`, `security-group-rule`…"""
    tags = as_list(inputs.get("tagsAll"))
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": tags}]} if tags else {}


def update_tags(call: Call[Session], id_: str, changes: Changes) -> None:
    """Set and remove what differs."""
    if not changes.touch("tags", "tagsAll"):
        return
    added, removed = changed_tags(changes.old, changes.new)
    if removed:
        ec2(call).delete_tags(Resources=[id_], Tags=[{"Key": key} for key in removed])
    if added:
        ec2(call).create_tags(Resources=[id_], Tags=as_list(added))


def one(call: Call[Session], operation: str, key: str, argument: str, id_: str, *missing: str) -> Item | None:
    """The object a describe call answers for an id; None when it fails with one of these codes, or answers nothing."""
    found = unless_missing(lambda: getattr(ec2(call), operation)(**{argument: [id_]})[key], *missing)
    return found[0] if found else None


def every_of(call: Call[Session], operation: str, key: str, filters: Mapping[str, str]) -> list[Item]:
    """All objects that pass these filters, name to value."""
    wanted = [{"Name": name, "Values": [value]} for name, value in filters.items()]
    return every(ec2(call), operation, key, Filters=wanted)


def record(call: Call[Session], kind: str, id_: str, item: Item, known: Inputs) -> dict[str, Plain]:
    """An answer as a record: with its tags, its ARN (`kind` is what stands before the id there) and its owner."""
    return {
        **item,
        "Arn": call.world.arn("ec2", f"{kind}/{id_}"),
        "OwnerId": item.get("OwnerId", call.world.account),
        **tags_record(call.world, as_map(item.get("Tags")), known),
    }


def find_ours(
    call: Call[Session],
    inputs: Inputs,
    operation: str,
    key: str,
    id_key: str,
    alive: Callable[[Item], bool] = lambda _: True,
    *,
    inside: str = "",
) -> str | None:
    """The id of the object whose tags say that it is the one these inputs would have made.

    `inside` is the key of the list in each answered item that has the objects, where EC2 groups them.
    """
    name = (inputs.get("tagsAll") or {}).get(NAME)
    if name is None:
        return None
    listed = every_of(call, operation, key, {f"tag:{NAME}": name})
    listed = [part for item in listed for part in item[inside]] if inside else listed
    ours = (item for item in listed if is_ours(as_map(item.get("Tags")), inputs) and alive(item))
    return next((str(item[id_key]) for item in ours), None)


def by_prefix(prefix: str) -> Callable[[Call[Session], str], Found | None]:
    """How most imports name things: by their id, which starts like this."""

    def locate(_call: Call[Session], name: str) -> Found | None:
        return Found(name) if name.startswith(prefix) else None

    return locate


def settled(call: Call[Session], doing: str, read: Callable[[], Item | None], key: str, *passing: str) -> None:
    """Wait while the object's state, under `key`, is one of the passing ones; gone is as good as any other."""

    def probe() -> bool:
        item = read()
        return item is None or item.get(key) not in passing

    wait_until(call.deadline, doing, probe)


def nothing(_call: Call[Session], _id: str, _changes: Changes) -> None:
    """The update of a type whose every change needs a new resource."""
