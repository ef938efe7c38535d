"""Whom a change touches and whom it reaches: communes, services and sites, by name, by tag and by what hangs on it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from planning.plan import Model, Plan, PlannedResource
from planning.values import Value
from territory.model import Territory

SERVICE_TAG = "metropole:service"


class Reach(Model):
    """Ids, in the territory's order."""

    communes: tuple[str, ...] = ()
    """INSEE codes."""
    services: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nobody is concerned by name."""
        return not (self.communes or self.services or self.sites)


class Reaches:
    """For every resource of a plan: what it is of, and what everything that depends on it is of.

    Each set is one integer, a bit an id, and goes from a resource to what it depends on in one pass: the answer for
    100,000 resources takes as long as the plan is, however they hang together.
    """

    def __init__(self, territory: Territory | None, plan: Plan | None) -> None:
        self._ids: list[tuple[str, str]] = []
        self._words: dict[str, int] = {}
        if territory is not None:
            for commune in territory.communes:
                self._add("communes", commune.insee, commune.insee.lower())
            for service in territory.services:
                self._add("services", service.id, *(service.id, *(asset.id for asset in service.assets)))
            for site in (*territory.datacenters, *territory.cloud_regions):
                self._add("sites", site.id, site.id)
        ordered = sorted(self._words, key=len, reverse=True)
        self._pattern = re.compile(r"(?<![a-z0-9])(?:" + "|".join(map(re.escape, ordered)) + r")(?![a-z0-9])")
        resources = [resource for stack in plan.stacks for resource in stack.resources] if plan else []
        self._masks = self._own(resources)
        self._closed = _closed(resources, self._masks)

    def touched(self, urn: str) -> Reach:
        """What a resource itself is of."""
        return self._reach(self._masks.get(urn, 0))

    def reached(self, urn: str) -> Reach:
        """The same with all that depends on it."""
        return self._reach(self._closed.get(urn, 0))

    def _add(self, kind: str, id_: str, *words: str) -> None:
        bit = 1 << len(self._ids)
        self._ids.append((kind, id_))
        for word in words:
            self._words[word] = self._words.get(word, 0) | bit

    def _own(self, resources: Sequence[PlannedResource]) -> dict[str, int]:
        by_text: dict[str, int] = {}

        def mask(text: str) -> int:
            if text not in by_text:
                found = 0
                if self._words:
                    for match in self._pattern.finditer(text.lower()):
                        found |= self._words[match.group()]
                by_text[text] = found
            return by_text[text]

        return {
            resource.urn: mask(resource.name) | sum_of(mask(text) for text in _tag_values(resource.inputs))
            for resource in resources
        }

    def _reach(self, mask: int) -> Reach:
        found: defaultdict[str, list[str]] = defaultdict(list)
        while mask:
            lowest = mask & -mask
            kind, id_ = self._ids[lowest.bit_length() - 1]
            found[kind].append(id_)
            mask ^= lowest
        return Reach(**{kind: tuple(ids) for kind, ids in found.items()})


def sum_of(masks: Iterator[int]) -> int:
    """All bits of several sets."""
    total = 0
    for mask in masks:
        total |= mask
    return total


def _tag_values(inputs: Mapping[str, Value]) -> Iterator[str]:
    tags: Any = inputs.get("tags")
    if isinstance(tags, dict):
        value = cast("dict[str, Any]", tags).get(SERVICE_TAG)
        if isinstance(value, str):
            yield value


def _closed(resources: Sequence[PlannedResource], own: Mapping[str, int]) -> dict[str, int]:
    """Own sets, and those of all that depends on a resource; a cycle, which no engine makes, is cut."""
    # Parents do not count: a component is not undone by what happens to one of its children.
    needs = {
        resource.urn: [each for each in set(resource.dependencies) if each in own and each != resource.parent]
        for resource in resources
    }
    waits: dict[str, int] = dict.fromkeys(own, 0)
    for needed in needs.values():
        for each in needed:
            waits[each] += 1
    closed = dict(own)
    ready = [urn for urn, count in waits.items() if not count]
    while ready:
        urn = ready.pop()
        for each in needs[urn]:
            closed[each] |= closed[urn]
            waits[each] -= 1
            if not waits[each]:
                ready.append(each)
    return closed
