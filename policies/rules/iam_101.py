"""IAM-101: roles trust only the territory's own accounts."""

from __future__ import annotations

from functools import partial

from policies.answers import Outcomes, Problem, Severity, each, given
from policies.declared import accounts
from policies.principals import foreign
from policies.resource_types import ROLE
from policies.rule import TerritoryRule
from policies.subjects import Platform, Resource
from policies.values import Node


def check(platform: Platform) -> Outcomes:
    """Compare whom each role trusts with the accounts that the territory's providers may work in."""
    yield from each(platform.of(ROLE), partial(_trust, accounts(platform)))


def _trust(ours: frozenset[str], role: Resource) -> Outcomes:
    def judge(statement: Node) -> Outcomes:
        yield from given(
            lambda: statement["Effect"].text() == "Allow",
            lambda: (
                Problem(f"lets {who} take the role", "assumeRolePolicy", subject=role.urn)
                for who in foreign(statement, ours)
            ),
        )

    yield from each(role["assumeRolePolicy"].json()["Statement"].items, judge)


RULE = TerritoryRule(
    id="IAM-101",
    title="Roles trust only the territory's own accounts",
    severity=Severity.CRITICAL,
    rationale="A role that another account may take is a way in that no firewall of the territory is in front of.",
    remediation="Name a service or an account of the territory in assumeRolePolicy, or bind `*` with "
    "aws:PrincipalAccount.",
    check=check,
)
