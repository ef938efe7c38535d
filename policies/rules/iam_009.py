"""IAM-009: a role for identities from elsewhere says whose they are."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity, all_of
from policies.policy_documents import Statement, each_statement
from policies.resource_types import ROLE
from policies.rule import ResourceRule
from policies.subjects import Resource

FOREIGN: Final = "sts:AssumeRoleWithWebIdentity"
POOL: Final = "cognito-identity.amazonaws.com:aud"
"""Of Cognito alone the audience is one's own: the pool of identities."""


def check(resource: Resource) -> Outcomes:
    """Look at statements that trust an identity provider: each has to name its subjects."""
    yield from each_statement([resource["assumeRolePolicy"]], _judge)


def _judge(statement: Statement) -> Outcomes:
    if all_of(
        lambda: statement.allows,
        lambda: statement.gives(FOREIGN),
        lambda: statement.node["Principal"]["Federated"].exists,
        lambda: not statement.asks_for(lambda key: key.endswith(":sub") or key == POOL),
    ):
        yield Problem("trusts everybody its identity provider knows", statement.node.path)


RULE = ResourceRule(
    id="IAM-009",
    title="Roles for identities from elsewhere name their subjects",
    severity=Severity.CRITICAL,
    types=(ROLE,),
    rationale="A pipeline's provider vouches for every project of all its customers: each of them could take the role.",
    remediation="Add a condition StringEquals or StringLike on the provider's :sub that names the project or account.",
    check=check,
)
