"""Every rule, found by its file: a rule that is in the folder runs, and there is no list to forget it in."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from policies import rules
from policies.rule import ResourceRule, Rule, StackRule, TerritoryRule


@cache
def all_rules() -> tuple[Rule, ...]:
    """The catalogue, sorted by id. Raises `ValueError` naming the file that holds something else than its rule."""
    return tuple(_rule(module.name) for module in sorted(pkgutil.iter_modules(rules.__path__), key=lambda m: m.name))


def rule_by_id(id_: str) -> Rule:
    """One rule; `KeyError` when there is none of that id."""
    return {rule.id: rule for rule in all_rules()}[id_]


def _rule(module_name: str) -> Rule:
    rule = getattr(import_module(f"{rules.__name__}.{module_name}"), "RULE", None)
    if not isinstance(rule, ResourceRule | StackRule | TerritoryRule):
        raise ValueError(f"policies/rules/{module_name}.py: there is no RULE in it")
    if rule.id.lower().replace("-", "_") != module_name:
        raise ValueError(f"policies/rules/{module_name}.py: holds the rule {rule.id}, which is not its name")
    return rule
