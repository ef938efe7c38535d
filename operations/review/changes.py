"""The changes a reviewer is shown: one for each resource, worst first, with what it means and whom it concerns."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum

from operations.review.reach import Reach, Reaches
from operations.review.replacements import Replaced, replaced_by_a_reference, replacing_properties
from operations.review.topics import Topic, topics_of
from planning.difference import Difference, Kind, PropertyChange
from planning.plan import Model, Plan, PlannedResource, Source
from planning.urns import parse_urn
from planning.values import Value, is_secret, is_unknown, without_fingerprints

LONGEST_VALUE = 160
MOST_FIELDS = 60
"""Of one resource; the others are counted."""


class Action(StrEnum):
    """What becomes of a resource, worst first."""

    DELETE = "delete"
    REPLACE = "replace"
    MAY_REPLACE = "may-replace"
    UPDATE = "update"
    CREATE = "create"
    MOVE = "move"
    """It only gets another URN: its alias says so."""


DESTRUCTIVE = (Action.DELETE, Action.REPLACE, Action.MAY_REPLACE)


class FieldChange(Model):
    """A property, before and after, as people read it; a secret is only ever named."""

    path: str
    kind: Kind
    before: str | None = None
    after: str | None = None


class Change(Model):
    """What becomes of one resource."""

    action: Action
    urn: str
    type: str
    name: str
    stack: str
    topics: tuple[Topic, ...]
    why: tuple[str, ...] = ()
    """What replaces it: a property's name, `provider`, or `<urn> is replaced` where it only follows."""
    was: str | None = None
    """Its URN so far, where that changes."""
    protected: bool = False
    fields: tuple[FieldChange, ...] = ()
    more_fields: int = 0
    secrets: tuple[str, ...] = ()
    """Properties whose secret value changes."""
    source: Source | None = None
    """In the head; in the base for what is deleted."""
    touches: Reach = Reach()
    reaches: Reach = Reach()
    """Whom it touches, and everybody that depends on it."""

    @property
    def order(self) -> tuple[bool, int, int, str, str]:
        """Deletes and replacements first, then by topic."""
        gentle = self.action not in DESTRUCTIVE
        actions = list(Action).index(self.action)
        return gentle, 0 if not gentle else list(Topic).index(self.topics[0]), actions, self.stack, self.urn


def changes_between(
    found: Difference, before: Plan | None, after: Plan | None, old: Reaches, new: Reaches
) -> list[Change]:
    """One change for each custom resource that differs, in the order to read them; components only group others."""
    then, now = _resources(before), _resources(after)
    moved = {move.after: move.before for move in found.moved}
    fields = {change.urn: change.changes for change in found.changed}
    replaced = _replaced(found, now)
    changes = [_whole(Action.DELETE, gone, old) for gone in found.removed if gone.custom]
    changes += [_whole(Action.CREATE, come, new) for come in found.added if come.custom]
    for urn in {**fields, **moved, **replaced}:
        resource = now[urn]
        if resource.custom:
            changes.append(_changed(resource, fields.get(urn, ()), replaced.get(urn, {}), moved.get(urn), then, new))
    return sorted(changes, key=lambda change: change.order)


def _whole(action: Action, resource: PlannedResource, reaches: Reaches) -> Change:
    return Change(
        action=action,
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        stack=parse_urn(resource.urn).stack,
        topics=topics_of(resource.type, None),
        protected=bool(resource.options.protect),
        source=resource.source,
        touches=reaches.touched(resource.urn),
        reaches=reaches.reached(resource.urn),
    )


def _changed(
    resource: PlannedResource,
    changes: tuple[PropertyChange, ...],
    replaced: Mapping[str, Replaced],
    was: str | None,
    then: Mapping[str, PlannedResource],
    reaches: Reaches,
) -> Change:
    action = Action.UPDATE if changes or not was else Action.MOVE
    if replaced:
        action = Action.REPLACE if Replaced.YES in replaced.values() else Action.MAY_REPLACE
    old = then.get(was or resource.urn)
    shown = changes[:MOST_FIELDS]
    return Change(
        action=action,
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        stack=parse_urn(resource.urn).stack,
        topics=topics_of(resource.type, [change.path for change in changes]),
        why=tuple(sorted(replaced)),
        was=was,
        protected=bool(resource.options.protect or (old and old.options.protect)),
        fields=tuple(_field(change) for change in shown),
        more_fields=len(changes) - len(shown),
        secrets=tuple(change.path for change in changes if change.kind is Kind.SECRET),
        source=resource.source,
        touches=reaches.touched(resource.urn),
        reaches=reaches.reached(resource.urn),
    )


def _replaced(found: Difference, now: Mapping[str, PlannedResource]) -> dict[str, dict[str, Replaced]]:
    """What is replaced and why, what only follows included."""
    replaced: dict[str, dict[str, Replaced]] = {}
    for change in found.changed:
        resource = now[change.urn]
        if resource.is_deployable:
            why = replacing_properties(resource.type, change.changes, resource.options)
            if any(each.path == "provider" and each.kind is Kind.CHANGED for each in change.changes):
                why["provider"] = Replaced.PERHAPS
            if why:
                replaced[change.urn] = why
    followers = _followers(now)
    waiting = list(replaced)
    while waiting:
        leader = waiting.pop()
        certain = Replaced.YES in replaced[leader].values()
        for follower, names in followers.get(leader, ()):
            answer = _follows(leader, follower, names, certain)
            known = replaced.get(follower.urn, {})
            reason = f"{leader} is replaced"
            if answer is not None and known.get(reason) not in (answer, Replaced.YES):
                replaced[follower.urn] = {**known, reason: answer}
                waiting.append(follower.urn)
    return replaced


def _followers(now: Mapping[str, PlannedResource]) -> Mapping[str, list[tuple[PlannedResource, set[str]]]]:
    """A resource to those that refer to it, each with the properties it does so in."""
    followers: defaultdict[str, list[tuple[PlannedResource, set[str]]]] = defaultdict(list)
    for resource in now.values():
        if not resource.is_deployable:
            continue
        referred: defaultdict[str, set[str]] = defaultdict(set)
        for name, urns in resource.property_dependencies.items():
            for urn in urns:
                referred[urn].add(name)
        for urn in {*referred, *resource.options.replace_with}:
            followers[urn].append((resource, referred.get(urn, set())))
    return followers


def _follows(leader: str, follower: PlannedResource, names: set[str], certain: bool) -> Replaced | None:
    answers = set(replaced_by_a_reference(follower.type, names).values())
    if leader in follower.options.replace_with:
        answers.add(Replaced.YES)
    if not answers:
        return None
    return Replaced.YES if certain and Replaced.YES in answers else Replaced.PERHAPS


def _field(change: PropertyChange) -> FieldChange:
    hidden = change.kind is Kind.SECRET
    return FieldChange(
        path=change.path,
        kind=change.kind,
        before=None if hidden or change.kind is Kind.ADDED else shown_value(change.before),
        after=None if hidden or change.kind is Kind.REMOVED else shown_value(change.after),
    )


def shown_value(value: Value) -> str:
    """A value in few characters: what is secret or unknown says so, and nothing of a secret is in it."""
    if is_secret(value):
        return "(secret)"
    if is_unknown(value):
        return "(known after deployment)"
    bare = without_fingerprints(value)
    text = bare if isinstance(bare, str) else json.dumps(bare, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}… ({len(text)} characters)"


def counts(changes: Iterable[Change]) -> dict[str, int]:
    """How many of each action there are, in their order."""
    found: dict[str, int] = {str(action): 0 for action in Action}
    for change in changes:
        found[change.action] += 1
    return {action: count for action, count in found.items() if count}


def _resources(plan: Plan | None) -> dict[str, PlannedResource]:
    return {resource.urn: resource for stack in plan.stacks for resource in stack.resources} if plan else {}
