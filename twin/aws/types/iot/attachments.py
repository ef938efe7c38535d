"""aws.iot.ThingGroupMembership, PolicyAttachment and ThingPrincipalAttachment: two ends, and nothing to change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from providers.logic import ProviderError
from twin.aws.session import Session
from twin.aws.spec import every, prop, unless_missing
from twin.aws.types.iot.tagging import MISSING
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Property, Record, ResourceType

Ends = tuple[str, str]


@dataclass(frozen=True)
class Link:
    """How two things are tied together, and how it shows."""

    token: str
    ends: tuple[Property, Property]
    separator: str
    attach: Callable[[Call[Session], Ends], None]
    detach: Callable[[Call[Session], Ends], None]
    shows: Callable[[Call[Session], Ends], bool]
    """Asks for what is tied to the end that has few ties: a group may have thousands of members."""
    syntax: str

    def declaration(self) -> ResourceType[Session]:
        """The resource type."""
        names = (self.ends[0].name, self.ends[1].name)

        def ends(inputs: Inputs) -> Ends:
            return str(inputs[names[0]]), str(inputs[names[1]])

        def tied(call: Call[Session], pair: Ends) -> bool:
            return bool(unless_missing(lambda: self.shows(call, pair), MISSING))

        def create(call: Call[Session], inputs: Inputs) -> str:
            pair = ends(inputs)
            with call.world.turn(f"{self.token} {self.separator.join(pair)}"):
                # The API would say yes to tying what is tied already.
                if tied(call, pair):
                    raise ProviderError(f"{pair[1]} is already attached to {pair[0]}: it already exists")
                self.attach(call, pair)
            return self.separator.join(pair)

        def read(call: Call[Session], id_: str, _known: Inputs) -> Record | None:
            pair = split(id_)
            return dict(zip(names, pair, strict=True)) if tied(call, pair) else None

        def update(_call: Call[Session], id_: str, _changes: Changes) -> None:
            raise ProviderError(f"{id_} cannot be changed")

        def delete(call: Call[Session], id_: str, _known: Inputs) -> None:
            unless_missing(lambda: self.detach(call, split(id_)), MISSING)

        def split(id_: str) -> Ends:
            first, found, second = id_.partition(self.separator)
            if not (first and found and second):
                raise ProviderError(f"{id_!r} is not of the form {self.syntax}")
            return first, second

        def locate(_call: Call[Session], name: str) -> Found | None:
            return Found(self.separator.join(split(name)))

        def identify(call: Call[Session], inputs: Inputs) -> str | None:
            pair = ends(inputs)
            return self.separator.join(pair) if tied(call, pair) else None

        return ResourceType[Session](
            self.token,
            properties=self.ends,
            outputs=(),
            create=create,
            read=read,
            update=update,
            delete=delete,
            locate=locate,
            identify=identify,
            identity=names,
            import_syntax=self.syntax,
        )


def _end(name: str, *given: str) -> Property:
    return prop(name, name, replaces=True, samples=tuple(Given(item) for item in given))


def _join_group(call: Call[Session], pair: Ends) -> None:
    call.world.client("iot").add_thing_to_thing_group(thingGroupName=pair[0], thingName=pair[1])


def _leave_group(call: Call[Session], pair: Ends) -> None:
    call.world.client("iot").remove_thing_from_thing_group(thingGroupName=pair[0], thingName=pair[1])


def _in_group(call: Call[Session], pair: Ends) -> bool:
    groups = every(call.world.client("iot"), "list_thing_groups_for_thing", "thingGroups", thingName=pair[1])
    return any(group["groupName"] == pair[0] for group in groups)


def _attach_policy(call: Call[Session], pair: Ends) -> None:
    call.world.client("iot").attach_policy(policyName=pair[0], target=pair[1])


def _detach_policy(call: Call[Session], pair: Ends) -> None:
    call.world.client("iot").detach_policy(policyName=pair[0], target=pair[1])


def _has_policy(call: Call[Session], pair: Ends) -> bool:
    policies = every(call.world.client("iot"), "list_attached_policies", "policies", target=pair[1])
    return any(policy["policyName"] == pair[0] for policy in policies)


def _attach_principal(call: Call[Session], pair: Ends) -> None:
    call.world.client("iot").attach_thing_principal(thingName=pair[0], principal=pair[1])


def _detach_principal(call: Call[Session], pair: Ends) -> None:
    call.world.client("iot").detach_thing_principal(thingName=pair[0], principal=pair[1])


def _has_principal(call: Call[Session], pair: Ends) -> bool:
    return pair[1] in every(call.world.client("iot"), "list_thing_principals", "principals", thingName=pair[0])


THING_GROUP_MEMBERSHIP = Link(
    "aws:iot/thingGroupMembership:ThingGroupMembership",
    (_end("thingGroupName", "thing group", "other thing group"), _end("thingName", "thing", "other thing")),
    "/",
    _join_group,
    _leave_group,
    _in_group,
    "thing group/thing",
).declaration()

POLICY_ATTACHMENT = Link(
    "aws:iot/policyAttachment:PolicyAttachment",
    (_end("policy", "iot policy", "other iot policy"), _end("target", "certificate", "other certificate")),
    "|",
    _attach_policy,
    _detach_policy,
    _has_policy,
    "policy|ARN of its target",
).declaration()

THING_PRINCIPAL_ATTACHMENT = Link(
    "aws:iot/thingPrincipalAttachment:ThingPrincipalAttachment",
    (_end("thing", "thing", "other thing"), _end("principal", "certificate", "other certificate")),
    "|",
    _attach_principal,
    _detach_principal,
    _has_principal,
    "thing|ARN of its principal",
).declaration()
