"""Generated from the declarations: each property of each type is written, read by others, changed, or refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.twin.vsphere.given import Site
from tests.twin.vsphere.readers import READERS
from tests.twin.vsphere.subjects import TOKENS, Subject, inputs_with, minimal
from twin.framework.check import known
from twin.framework.declaration import Kept, Property
from twin.vsphere.provider import PACKAGE, SCHEMA, VSphereProvider

pytestmark = [pytest.mark.api, pytest.mark.filterwarnings("ignore:Unverified HTTPS request")]

KINDS = sorted(TOKENS)


def _exercised(kept: Kept) -> list[tuple[str, str]]:
    return [
        (kind, item.name)
        for kind in KINDS
        for item in PACKAGE.types[TOKENS[kind]].properties
        if item.kept is kept and item.samples
    ]


def _refused() -> list[tuple[str, str]]:
    return [
        (kind, name)
        for kind in KINDS
        for name in sorted(SCHEMA.resources[TOKENS[kind]].inputs)
        if PACKAGE.types[TOKENS[kind]].property(name) is None
    ]


def _declared(kind: str, name: str) -> Property:
    found = PACKAGE.types[TOKENS[kind]].property(name)
    assert found is not None
    return found


def _agrees(asked: Any, found: Any) -> bool:
    """Whether an independent reading says what was asked; nested objects may say more."""
    if isinstance(found, set):
        return set(asked) == found
    if isinstance(asked, list) and isinstance(found, list):
        return len(asked) == len(found) and all(any(_agrees(a, f) for f in found) for a in asked)
    if isinstance(asked, dict) and isinstance(found, dict):
        return all(_agrees(part, found[key]) for key, part in asked.items() if key in found)
    if isinstance(asked, str) and isinstance(found, str):
        return asked.lower() == found.lower()
    return bool(asked == found)


@pytest.mark.parametrize(("kind", "name"), _exercised(Kept.WORLD))
def test_what_is_declared_is_what_others_read(kind: str, name: str, site: Site, provider: VSphereProvider) -> None:
    first, *others = site.resolve(_declared(kind, name).samples)
    base = site.resolve(minimal(kind))
    subject = Subject(provider, kind)
    subject.create(inputs_with(kind, name, first, base))
    try:
        assert _agrees(first, READERS[kind](site.vcenter, subject.id)[name])
        assert not subject.diff(inputs_with(kind, name, first, base)).changes
        for sample in others:
            _change(subject, kind, name, sample, base, site)
    finally:
        subject.delete()
        subject.delete()
    assert subject.refresh() == ""


def _change(subject: Subject, kind: str, name: str, sample: Any, base: dict[str, Any], site: Site) -> None:
    values = inputs_with(kind, name, sample, base)
    changes = subject.diff(values).changes
    assert {path.split("[")[0].split(".")[0] for path in changes} == {name}
    forces_new = SCHEMA.resources[TOKENS[kind]].inputs[name].forces_new
    assert any(change.replaces for change in changes.values()) == forces_new
    if forces_new:
        return
    subject.update(values)
    assert _agrees(sample, READERS[kind](site.vcenter, subject.id)[name])
    assert not subject.diff(values).changes
    assert subject.refresh() == subject.id
    assert not subject.diff(values).changes


@pytest.mark.parametrize(("kind", "name"), _exercised(Kept.STATE))
def test_what_only_tells_the_provider_how_stays_in_the_state(
    kind: str, name: str, site: Site, provider: VSphereProvider
) -> None:
    base = site.resolve(minimal(kind))
    sample = site.resolve(_declared(kind, name).samples[0])
    subject = Subject(provider, kind)
    subject.create(inputs_with(kind, name, sample, base))
    try:
        assert subject.seen()[name] == sample
        assert subject.refresh() == subject.id
        assert subject.seen()[name] == sample
    finally:
        subject.delete()


@pytest.mark.parametrize(("kind", "name"), _refused())
def test_what_the_twin_does_not_exercise_is_refused_by_name(kind: str, name: str, provider: VSphereProvider) -> None:
    reasons = Subject(provider, kind).refusals({name: "anything"})
    assert f"`{name}` is in the official schema" in reasons[name]
    assert "the twin does not exercise it" in reasons[name]


@pytest.mark.parametrize("kind", KINDS)
def test_what_does_not_exist_is_refused_by_name(kind: str, provider: VSphereProvider) -> None:
    assert "has no property `colour`" in Subject(provider, kind).refusals({"colour": "blue"})["colour"]


@pytest.mark.parametrize("kind", KINDS)
def test_computed_outputs_are_the_worlds(kind: str, site: Site, provider: VSphereProvider) -> None:
    subject = Subject(provider, kind)
    subject.create(site.resolve(minimal(kind)))
    try:
        read = READERS[kind](site.vcenter, subject.id)
        for output in PACKAGE.types[TOKENS[kind]].outputs:
            if output.name in read and known(subject.seen(), output.name):
                assert subject.seen()[output.name] == read[output.name]
    finally:
        subject.delete()
