"""Reading policy documents, and what completes a resource, beyond what the rules' cases show."""

from __future__ import annotations

import pytest

from policies.answers import Malformed
from policies.policy_documents import IDENTITY_POLICIES, RESOURCE_POLICIES, matches, statements
from policies.values import Node


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("*", "iam:PassRole", True),
        ("iam:Pass*", "iam:PassRole", True),
        ("IAM:PASSROLE", "iam:PassRole", True),
        ("iam:Pass?ole", "iam:PassRole", True),
        ("iam:Pass", "iam:PassRole", False),
        ("assRole", "iam:PassRole", False),
        ("iam.PassRole", "iam:PassRole", False),
        ("[i]am:PassRole", "iam:PassRole", False),
    ],
)
def test_patterns_are_those_of_aws_alone(pattern: str, name: str, expected: bool) -> None:
    assert matches(pattern, name) is expected


def test_a_document_that_is_not_there_has_no_statements() -> None:
    assert statements(Node({})["policy"]) == []


@pytest.mark.parametrize("document", ["[]", "{}", '"Allow"', '{"statement": []}'])
def test_what_has_no_statements_is_no_policy(document: str) -> None:
    with pytest.raises(Malformed, match="it has no Statement"):
        statements(Node(document, "policy"))


def test_a_single_statement_is_a_list_of_one() -> None:
    [statement] = statements(Node({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": ["a", "b"]}}))
    assert [node.text() for node in statement.actions] == ["s3:*"]
    assert [node.text() for node in statement.resources] == ["a", "b"]


def test_principals_of_every_kind_are_read() -> None:
    [statement] = statements(Node({"Statement": [{"Principal": {"AWS": ["a", "b"], "Service": "c"}}]}))
    assert [node.text() for node in statement.principals] == ["a", "b", "c"]


def test_no_type_is_read_as_both_kinds_of_policy() -> None:
    assert not set(IDENTITY_POLICIES) & set(RESOURCE_POLICIES)
