"""One name for each token, and no rule asked twice of one resource."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from policies import resource_types
from policies.catalogue import all_rules
from policies.rule import Rule, TerritoryRule

TOKEN = re.compile(r"^[a-z0-9-]+:[A-Za-z0-9/]+:[A-Za-z0-9]+$")
NAMES = {name: token for name, token in vars(resource_types).items() if name.isupper()}


def test_each_token_has_one_name() -> None:
    assert [token for token, count in Counter(NAMES.values()).items() if count > 1] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_token_is_one(name: str) -> None:
    assert TOKEN.match(NAMES[name]) or NAMES[name].startswith("pulumi:providers:")


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_a_rule_names_a_type_once(rule: Rule) -> None:
    types = () if isinstance(rule, TerritoryRule) else rule.types
    assert len(types) == len(set(types))
