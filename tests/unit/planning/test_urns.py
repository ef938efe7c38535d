from __future__ import annotations

import pytest

from planning.urns import Urn, make_urn, parse_urn

ROOT = "urn:pulumi:dev::metropole::pulumi:pulumi:Stack::metropole-dev"
GROUP = "urn:pulumi:dev::metropole::metropole:index:Group::outer"


def test_the_root_stack_is_no_part_of_the_chain() -> None:
    assert make_urn("dev", "metropole", ROOT, "a:b:C", "c") == "urn:pulumi:dev::metropole::a:b:C::c"
    assert make_urn("dev", "metropole", "", "a:b:C", "c") == "urn:pulumi:dev::metropole::a:b:C::c"


def test_every_ancestor_is_in_the_chain() -> None:
    inner = make_urn("dev", "metropole", GROUP, "metropole:index:Group", "inner")
    leaf = make_urn("dev", "metropole", inner, "a:b:C", "c")
    assert leaf == "urn:pulumi:dev::metropole::metropole:index:Group$metropole:index:Group$a:b:C::c"


@pytest.mark.parametrize("name", ["with space", "colons::inside", "dollar$sign", "::", "é", "a/b\\c", "'\""])
def test_a_name_may_hold_anything(name: str) -> None:
    urn = make_urn("dev", "metropole", GROUP, "a:b:C", name)
    assert parse_urn(urn) == Urn("dev", "metropole", "metropole:index:Group$a:b:C", name)
    assert parse_urn(urn).type == "a:b:C"
    assert str(parse_urn(urn)) == urn


def test_a_parent_whose_name_holds_colons() -> None:
    parent = make_urn("dev", "metropole", ROOT, "a:b:Parent", "odd::name")
    assert make_urn("dev", "metropole", parent, "a:b:C", "c") == "urn:pulumi:dev::metropole::a:b:Parent$a:b:C::c"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "missing required URN"),
        ("dc", 'invalid URN "dc"'),
        ("urn:pulumi:a::b::c", 'invalid URN "urn:pulumi:a::b::c"'),
    ],
)
def test_what_is_no_urn_is_refused_in_the_engines_words(text: str, message: str) -> None:
    with pytest.raises(ValueError, match="URN") as refused:
        parse_urn(text)
    assert str(refused.value) == message
