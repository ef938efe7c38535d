"""What a waiver's subject meets, compared with a library, and what is too much to waive at once."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.subject_patterns import matches, too_broad

GROUP = "urn:pulumi:bordeaux-hub::metropole::aws:ec2/securityGroup:SecurityGroup::supplier-1"


@pytest.mark.parametrize(
    ("pattern", "met"),
    [
        (GROUP, True),
        ("urn:pulumi:bordeaux-*::metropole::aws:ec2/*::supplier-*", True),
        ("urn:pulumi:*::*::*::*lier-1", True),
        ("urn:pulumi:*::*::*::supplier-2", False),
        ("urn:pulumi:bordeaux*supplier-1", False),
        ("urn:pulumi:bordeaux::metropole::aws:ec2/securityGroup:SecurityGroup::supplier-*", False),
        (GROUP + "2", False),
        ("service supplier-1", False),
    ],
)
def test_a_star_stays_within_its_part(pattern: str, met: bool) -> None:
    assert matches(pattern, GROUP) is met


def test_a_name_may_hold_what_parts_are_joined_by() -> None:
    subject = "urn:pulumi:s::p::aws:s3/bucket:Bucket::left::right"
    assert matches("urn:pulumi:s::p::aws:s3/bucket:Bucket::left*", subject)
    assert not matches("urn:pulumi:s::p::aws:s3/bucket:Bucket::right", subject)


def test_a_declared_thing_is_met_by_its_kind_and_name() -> None:
    assert matches("service backup-*", "service backup-lille")
    assert matches("circuit a b*", "circuit a b c")
    assert not matches("service backup-*", "asset backup-lille")


WORDS = st.text("ab*", max_size=12)


@given(pattern=WORDS, text=st.text("ab", max_size=12))
def test_a_star_is_that_of_shells(pattern: str, text: str) -> None:
    assert matches(f"service {pattern}", f"service {text}") == fnmatchcase(text, pattern)


@given(text=st.text("[]?!ab.\\", max_size=8))
def test_nothing_but_a_star_is_special(text: str) -> None:
    assert matches(f"service {text}", f"service {text}")
    assert matches(f"service {text}*", f"service {text}xyz")
    assert not matches(f"service {text}", f"service {text}x")


@pytest.mark.timeout(10)
def test_no_pattern_takes_long() -> None:
    assert not matches("service " + "a*" * 450 + "b", "service " + "a" * 100_000)


@pytest.mark.parametrize(
    "pattern",
    [
        "*",
        "**",
        "urn:*",
        "urn:pulumi:*",
        "urn:pulumi:bordeaux-hub::*",
        "urn:pulumi:*::*::*::*",
        "urn:pulumi:bordeaux-hub::metropole::aws:ec2/securityGroup:SecurityGroup::*",
        "urn:pulumi:bordeaux-hub::metropole::*::a*b*c",
        "service *",
        "service **",
        "service a*b",
        "*ervice backup",
        "service* backup",
    ],
)
def test_what_meets_nearly_everything_is_refused(pattern: str) -> None:
    assert too_broad(pattern)


@pytest.mark.parametrize("pattern", [GROUP, "urn:pulumi:*::*::*::supplier-*", "service backup-*", "territory bordeaux"])
def test_what_names_something_is_not(pattern: str) -> None:
    assert too_broad(pattern) is None


@given(st.lists(st.sampled_from(["*", "::", "urn:pulumi:", "a", " ", "*::*"]), min_size=1, max_size=8).map("".join))
def test_a_pattern_with_a_star_that_is_not_refused_does_not_meet_any_name(pattern: str) -> None:
    if "*" in pattern and too_broad(pattern) is None:
        assert not matches(pattern, "urn:pulumi:s::p::t:t/t:T::ZZ")
        assert not matches(pattern, "service ZZ")
