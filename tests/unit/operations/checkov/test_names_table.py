"""The table of names is what the installed SDK and the provider's facts make it, and what it says of names is right."""

from __future__ import annotations

import pytest

from operations.checkov import names_table, provider_facts
from operations.checkov.hand_lines import PROPERTIES, TOKENS, WITHOUT_TOKEN
from operations.checkov.names_table import camel_case, plurals, snake_case
from policies.terraform import names


@pytest.mark.slow
def test_the_table_is_current() -> None:
    """`python -m operations.checkov.names_table` writes it anew."""
    assert names_table.TABLE.read_text("utf-8") == names_table.render(names_table.build())


@pytest.mark.parametrize(
    ("pulumi", "terraform"),
    [("ebsBlockDevice", "ebs_block_device"), ("tunnel1PresharedKey", "tunnel1_preshared_key"), ("name", "name")],
)
def test_the_rule_goes_both_ways(pulumi: str, terraform: str) -> None:
    assert snake_case(pulumi) == names.snake_case(pulumi) == terraform
    assert camel_case(terraform) == pulumi


def test_plurals() -> None:
    assert "policies" in plurals("policy")
    assert "addresses" in plurals("address")
    assert "rules" in plurals("rule")


def test_every_hand_line_is_used() -> None:
    table = names_table.TABLE.read_text("utf-8")
    facts = provider_facts.load()
    for token, type_ in TOKENS.items():
        assert (f'"{token}"' in table) == (type_ is not None)
        assert type_ is None or type_ in facts
    for place, field in PROPERTIES.items():
        assert field in facts[place.partition(".")[0]]
    assert not WITHOUT_TOKEN.keys() & facts.keys()
