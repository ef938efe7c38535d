"""AWS IoT as moto lacks it: things, their types and groups. Policies and certificates have files of their own.

| AWS | moto 5.2.5 | here |
|---|---|---|
| a name is taken once | things and types are overwritten | ResourceAlreadyExistsException |
| names and attributes have an alphabet (no accents, no spaces) | anything | InvalidRequestException |
| 3 attributes a thing without a type, 50 with one; 3 searchable ones a type | any number | InvalidRequestException |
| a thing type goes when it is deprecated for 5 minutes and has no things | at once | after `DEPRECATION_PERIOD` |
| a thing counts its version up | always 1 | as AWS |
| a thing that is gone is in no group | stays | leaves |
| a thing is in 10 groups at most, and in one of a hierarchy | any | InvalidRequestException |
| a group's parent exists | crash | ResourceNotFoundException |
| the attributes of a group can be emptied | no | yes |
| types, groups, policies and rules have tags | dropped | kept |

The twin waits one second where AWS waits five minutes; the refusal until then is AWS's own, so providers wait alike.

Not mended: jobs, shadows, billing groups, dynamic groups, indexing; no device can connect.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from moto.core.utils import utcnow
from moto.iot.exceptions import InvalidRequestException, ResourceAlreadyExistsException
from moto.iot.models import FakeThing, FakeThingGroup, FakeThingType, IoTBackend

from twin.aws.server.extension import iot_certificates, iot_policies, iot_tags
from twin.aws.server.extension.patching import replace

ADDS = (
    "names, alphabets and numbers of things, types, groups and attributes",
    "a thing type is deprecated before it goes; AWS's five minutes last one second",
    "a thing is in one group of a hierarchy, and in ten at most",
    "certificates for the key of a signing request, public parts only",
    "policies, rules and their roles are checked",
    "tags of thing types, groups, policies and rules",
)
NAME = re.compile(r"[a-zA-Z0-9:_-]{1,128}")
ATTRIBUTE = re.compile(r"[a-zA-Z0-9_.,@/:#-]{1,128}")
VALUE = re.compile(r"[a-zA-Z0-9_.,@/:#-]{0,800}")
GROUPS_OF_A_THING = 10
SEARCHABLE = 3
DEPRECATION_PERIOD = timedelta(seconds=1)

_create_thing = IoTBackend.create_thing
_create_thing_type = IoTBackend.create_thing_type
_create_thing_group = IoTBackend.create_thing_group
_update_thing = IoTBackend.update_thing
_delete_thing = IoTBackend.delete_thing
_delete_thing_type = IoTBackend.delete_thing_type
_deprecate_thing_type = IoTBackend.deprecate_thing_type
_update_thing_group = IoTBackend.update_thing_group
_add_thing_to_thing_group = IoTBackend.add_thing_to_thing_group

Attributes = Mapping[str, str]


def check_name(what: str, name: str) -> None:
    """Refuse a name that AWS IoT would not take."""
    if not NAME.fullmatch(name):
        raise InvalidRequestException(f"Value {name!r} at '{what}' must satisfy the pattern {NAME.pattern}")


def _check_attributes(attributes: Attributes, most: int) -> None:
    if len(attributes) > most:
        raise InvalidRequestException(f"Invalid attributes: {len(attributes)} were given, {most} are the most")
    for key, value in attributes.items():
        if not ATTRIBUTE.fullmatch(key) or not VALUE.fullmatch(value):
            raise InvalidRequestException(
                f"Invalid attribute {key!r}={value!r}: letters without accents, digits and _.,@/:#- only"
            )


def _attributes(payload: Mapping[str, Any] | None) -> Attributes:
    return (payload or {}).get("attributes") or {}


def create_thing(
    self: IoTBackend,
    thing_name: str,
    thing_type_name: str,
    attribute_payload: dict[str, Any] | None,
    billing_group_name: str | None = None,
) -> FakeThing:
    """CreateThing."""
    check_name("thingName", thing_name)
    _check_attributes(_attributes(attribute_payload), 50 if thing_type_name else 3)
    for thing in self.things.values():
        if thing.thing_name == thing_name:
            raise ResourceAlreadyExistsException(f"Thing {thing_name} already exists in account", thing_name, thing.arn)
    return _create_thing(self, thing_name, thing_type_name, attribute_payload, billing_group_name)


def update_thing(
    self: IoTBackend,
    thing_name: str,
    thing_type_name: str,
    attribute_payload: dict[str, Any] | None,
    remove_thing_type: bool,
) -> None:
    """UpdateThing."""
    thing = self.describe_thing(thing_name)
    merged = {**thing.attributes, **_attributes(attribute_payload)}
    replaced = attribute_payload is not None and not attribute_payload.get("merge")
    after = _attributes(attribute_payload) if replaced else merged
    typed = thing_type_name or (thing.thing_type and not remove_thing_type)
    _check_attributes({key: value for key, value in after.items() if value}, 50 if typed else 3)
    _update_thing(self, thing_name, thing_type_name, attribute_payload, remove_thing_type)
    thing.version += 1


def delete_thing(self: IoTBackend, thing_name: str) -> None:
    """DeleteThing: it leaves its groups."""
    thing = self.describe_thing(thing_name)
    _delete_thing(self, thing_name)
    for group in self.thing_groups.values():
        group.things.pop(thing.arn, None)


def create_thing_type(
    self: IoTBackend, thing_type_name: str, thing_type_properties: dict[str, Any] | None
) -> tuple[str, str]:
    """CreateThingType."""
    check_name("thingTypeName", thing_type_name)
    searchable = (thing_type_properties or {}).get("searchableAttributes") or []
    _check_attributes(dict.fromkeys(searchable, ""), SEARCHABLE)
    for existing in self.thing_types.values():
        if existing.thing_type_name == thing_type_name:
            raise ResourceAlreadyExistsException(
                f"Thing Type {thing_type_name} already exists in account", thing_type_name, existing.arn
            )
    return _create_thing_type(self, thing_type_name, thing_type_properties or {})


def deprecate_thing_type(self: IoTBackend, thing_type_name: str, undo_deprecate: bool) -> FakeThingType:
    """DeprecateThingType: the time counts from the first call."""
    was = self.describe_thing_type(thing_type_name).metadata["deprecated"]
    thing_type = _deprecate_thing_type(self, thing_type_name, undo_deprecate)
    if undo_deprecate:
        thing_type.metadata.pop("deprecationDate", None)
    elif not was:
        thing_type.metadata["deprecationDate"] = utcnow()
    return thing_type


def delete_thing_type(self: IoTBackend, thing_type_name: str) -> None:
    """DeleteThingType."""
    thing_type = self.describe_thing_type(thing_type_name)
    refusal = f"Cannot delete thing type : {thing_type_name}"
    if not thing_type.metadata["deprecated"]:
        raise InvalidRequestException(f"{refusal}. It must be deprecated before it can be deleted")
    if any(thing.thing_type is thing_type for thing in self.things.values()):
        raise InvalidRequestException(f"{refusal}. It has things associated with it")
    if utcnow() - thing_type.metadata["deprecationDate"] < DEPRECATION_PERIOD:
        raise InvalidRequestException(f"{refusal}. Please wait for 5 minutes after deprecation and then retry")
    _delete_thing_type(self, thing_type_name)


def create_thing_group(
    self: IoTBackend, thing_group_name: str, parent_group_name: str, thing_group_properties: dict[str, Any] | None
) -> tuple[str, str, str]:
    """CreateThingGroup."""
    check_name("thingGroupName", thing_group_name)
    _check_attributes(_attributes((thing_group_properties or {}).get("attributePayload")), 50)
    if parent_group_name:
        self.describe_thing_group(parent_group_name)
    return _create_thing_group(self, thing_group_name, parent_group_name, thing_group_properties or {})


def update_thing_group(
    self: IoTBackend, thing_group_name: str, thing_group_properties: dict[str, Any], expected_version: int
) -> int:
    """UpdateThingGroup: attributes are replaced, also by none."""
    group = self.describe_thing_group(thing_group_name)
    payload = thing_group_properties.get("attributePayload")
    _check_attributes(_attributes(payload), 50)
    version = _update_thing_group(self, thing_group_name, thing_group_properties, expected_version)
    if payload is not None and not payload.get("merge") and not payload.get("attributes"):
        kept: dict[str, Any] = dict(group.thing_group_properties)
        kept.pop("attributePayload", None)
        group.thing_group_properties = kept
    return version


def _root(group: FakeThingGroup) -> str:
    above = group.metadata.get("rootToParentThingGroups")
    return str(above[0]["groupName"]) if above else group.thing_group_name


def add_thing_to_thing_group(
    self: IoTBackend,
    thing_group_name: str,
    thing_group_arn: str | None,
    thing_name: str,
    thing_arn: str | None,
) -> None:
    """AddThingToThingGroup."""
    thing = self._identify_thing(thing_name, thing_arn)  # pyright: ignore[reportPrivateUsage]
    group = self._identify_thing_group(thing_group_name, thing_group_arn)  # pyright: ignore[reportPrivateUsage]
    others = [item for item in self.thing_groups.values() if item is not group and thing.arn in item.things]
    if len(others) >= GROUPS_OF_A_THING:
        raise InvalidRequestException(f"Thing {thing.thing_name} is in {GROUPS_OF_A_THING} groups already")
    for other in others:
        if _root(other) == _root(group):
            raise InvalidRequestException(
                f"Thing {thing.thing_name} is in group {other.thing_group_name}, of the same hierarchy as "
                f"{group.thing_group_name}"
            )
    _add_thing_to_thing_group(self, thing_group_name, thing_group_arn, thing_name, thing_arn)


def extend() -> None:
    """Change moto's backend in place."""
    replace(
        IoTBackend,
        create_thing,
        update_thing,
        delete_thing,
        create_thing_type,
        deprecate_thing_type,
        delete_thing_type,
        create_thing_group,
        update_thing_group,
        add_thing_to_thing_group,
    )
    iot_policies.extend()
    iot_certificates.extend()
    iot_tags.extend()
