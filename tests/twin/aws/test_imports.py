"""Every type is imported under the official provider's import syntax, and found again by its inputs."""

from __future__ import annotations

import pytest

from providers.logic import ProviderError
from tests.twin.aws.account import Account
from tests.twin.aws.case import Subject, fresh_name, resolve
from tests.twin.aws.families import CASES
from tests.twin.aws.test_properties import KINDS, TOKENS
from twin.aws.provider import PACKAGE, AWSProvider
from twin.framework.check import DEFAULTS
from twin.framework.values import plain_map

pytestmark = pytest.mark.api


@pytest.mark.parametrize("kind", [kind for kind in KINDS if CASES[kind].importable])
def test_import(kind: str, account: Account, provider: AWSProvider) -> None:
    case = CASES[kind]
    values = resolve(account, case.minimal(fresh_name()))
    subject = Subject(provider, TOKENS[kind])
    subject.create(values)
    try:
        seen = provider.read(subject.urn, subject.token, case.import_id(values, subject.id), {}, {})
        assert seen.id == subject.id
        difference = provider.diff(
            subject.urn, subject.token, seen.id, seen.inputs, seen.properties, subject.inputs, []
        ).changes
        assert {path.split("[")[0].split(".")[0] for path in difference} <= case.unknowable
        assert not any(change.replaces for change in difference.values())
        inputs = plain_map(seen.inputs)
        assert {name for name in values if name not in case.unknowable} <= inputs.keys()
        assert DEFAULTS in inputs
    finally:
        subject.delete()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if CASES[kind].nothing is not None])
def test_an_import_of_nothing_finds_nothing(kind: str, provider: AWSProvider) -> None:
    name = CASES[kind].nothing
    assert name is not None
    token = TOKENS[kind]
    try:
        assert provider.read(f"urn:pulumi:s::p::{token}::x", token, name, {}, {}).id == ""
    except ProviderError as error:
        assert name in str(error) or "import" in str(error)  # noqa: PT017 - either way of saying no is right


@pytest.mark.parametrize("kind", KINDS)
def test_identity(kind: str, account: Account, provider: AWSProvider) -> None:
    assert TOKENS[kind] in provider.identifiable_types()
    subject = Subject(provider, TOKENS[kind])
    inputs = subject.check(resolve(account, CASES[kind].minimal(fresh_name())))
    assert CASES[kind].inherent or provider.identify(subject.token, inputs) is None
    made = provider.create(subject.urn, subject.token, inputs, False, 0)
    subject.id, subject.inputs, subject.outputs = made.id, inputs, made.properties
    try:
        assert provider.identify(subject.token, inputs) == subject.id
    finally:
        subject.delete()
    assert provider.identify(subject.token, inputs) == (subject.id if CASES[kind].stays else None)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if CASES[kind].alone])
def test_nothing_that_exists_is_adopted(kind: str, account: Account, provider: AWSProvider) -> None:
    values = resolve(account, CASES[kind].minimal(fresh_name()))
    first, second = Subject(provider, TOKENS[kind]), Subject(provider, TOKENS[kind])
    first.create(values)
    try:
        with pytest.raises(ProviderError, match=r"(?i)already.?exists|duplicate|alreadyowned|conflict|in use"):
            second.create(values)
    finally:
        first.delete()


def test_each_type_says_how_it_is_imported() -> None:
    assert all(item.import_syntax for item in PACKAGE.types.values())
