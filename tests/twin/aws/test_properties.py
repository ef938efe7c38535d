"""Generated from the declarations: each property of each type is written, read by others, changed, or refused."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from tests.twin.aws.account import DEFAULT_TAGS, Account
from tests.twin.aws.case import Inputs, Subject, fresh_name, resolve
from tests.twin.aws.families import CASES
from twin.aws.provider import PACKAGE, SCHEMA, AWSProvider
from twin.framework.check import known
from twin.framework.declaration import Kept, Property

pytestmark = pytest.mark.api

TOKENS = {f"{token.split(':')[1].split('/')[0]}.{token.rsplit(':', 1)[-1]}": token for token in PACKAGE.types}
KINDS = sorted(TOKENS)


def _exercised(kept: Kept) -> list[tuple[str, str]]:
    return [
        (kind, item.name)
        for kind in KINDS
        for item in PACKAGE.types[TOKENS[kind]].properties
        # Nobody writes `tagsAll`: `tags` and the provider's own configuration make it.
        if item.kept is kept and item.samples and item.name != "tagsAll"
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


def _with(kind: str, name: str, sample: Any, base: Inputs, account: Account) -> Inputs:
    company = resolve(account, CASES[kind].company.get(name, {}))
    merged = {**base, **company, name: sample}
    return {key: value for key, value in merged.items() if value is not None}


def _agrees(asked: Any, found: Any) -> bool:
    """Whether an independent reading says what was asked; nested objects may say more, documents differ in spelling."""
    if isinstance(asked, str) and isinstance(found, (dict, list)):
        return bool(json.loads(asked) == found)
    if isinstance(found, set):
        return set(asked) == found
    if isinstance(asked, list) and isinstance(found, list):
        pairs = cast("list[Any]", found)
        return len(asked) == len(pairs) and all(any(_agrees(a, f) for f in pairs) for a in asked)
    if isinstance(asked, dict) and isinstance(found, dict):
        return all(_agrees(part, found.get(key)) for key, part in asked.items())
    return bool(asked == found)


def _stands(kind: str, name: str, sample: Any, subject: Subject, account: Account) -> None:
    read = CASES[kind].read(account, subject.id)
    if name == "tags":
        assert read["tagsAll"] == {**DEFAULT_TAGS, **sample}
    else:
        assert _agrees(sample, read[name]), (sample, read[name])


def test_every_type_has_a_case() -> None:
    assert set(KINDS) == CASES.keys()


@pytest.mark.parametrize(("kind", "name"), _exercised(Kept.WORLD))
def test_what_is_declared_is_what_others_read(kind: str, name: str, account: Account, provider: AWSProvider) -> None:
    first, *others = resolve(account, _declared(kind, name).samples)
    base = resolve(account, CASES[kind].minimal(fresh_name()))
    subject = Subject(provider, TOKENS[kind])
    values = _with(kind, name, first, base, account)
    subject.create(values)
    try:
        _stands(kind, name, first, subject, account)
        assert not subject.diff(values).changes
        for sample in others:
            _change(subject, kind, name, sample, base, account)
    finally:
        subject.delete()
        subject.delete()
    assert subject.refresh() == (subject.id if CASES[kind].stays else "")


def _change(subject: Subject, kind: str, name: str, sample: Any, base: Inputs, account: Account) -> None:
    values = _with(kind, name, sample, base, account)
    changes = subject.diff(values).changes
    assert subject.changed(values) == ({"tags", "tagsAll"} if name == "tags" else {name})
    replaces = _declared(kind, name).replaces
    assert any(change.replaces for change in changes.values()) == replaces
    if replaces:
        return
    subject.update(values)
    _stands(kind, name, sample, subject, account)
    assert not subject.diff(values).changes
    assert subject.refresh() == subject.id
    assert not subject.diff(values).changes


@pytest.mark.parametrize(("kind", "name"), _exercised(Kept.STATE))
def test_what_only_tells_the_provider_how_stays_in_the_state(
    kind: str, name: str, account: Account, provider: AWSProvider
) -> None:
    base = resolve(account, CASES[kind].minimal(fresh_name()))
    sample = resolve(account, _declared(kind, name).samples[0])
    subject = Subject(provider, TOKENS[kind])
    subject.create(_with(kind, name, sample, base, account))
    try:
        assert subject.seen()[name] == sample
        assert subject.refresh() == subject.id
        assert subject.seen()[name] == sample
    finally:
        subject.delete()


@pytest.mark.parametrize(("kind", "name"), _refused())
def test_what_the_twin_does_not_exercise_is_refused_by_name(kind: str, name: str, provider: AWSProvider) -> None:
    reasons = Subject(provider, TOKENS[kind]).refusals({name: "anything"})
    assert f"`{name}` is in the official schema" in reasons[name]
    assert "the twin does not exercise it" in reasons[name]


@pytest.mark.parametrize("kind", KINDS)
def test_what_does_not_exist_is_refused_by_name(kind: str, provider: AWSProvider) -> None:
    assert "has no property `colour`" in Subject(provider, TOKENS[kind]).refusals({"colour": "blue"})["colour"]


@pytest.mark.parametrize("kind", KINDS)
def test_computed_outputs_are_the_worlds(kind: str, account: Account, provider: AWSProvider) -> None:
    subject = Subject(provider, TOKENS[kind])
    subject.create(resolve(account, CASES[kind].minimal(fresh_name())))
    try:
        read = CASES[kind].read(account, subject.id)
        outputs = [output.name for output in PACKAGE.types[TOKENS[kind]].outputs]
        assert set(outputs) <= read.keys()
        for output in outputs:
            if known(subject.seen(), output):
                assert _agrees(subject.seen()[output], read[output]), output
    finally:
        subject.delete()
