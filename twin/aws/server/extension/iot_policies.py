"""Policies and topic rules of AWS IoT as moto lacks them.

| AWS | moto 5.2.5 | here |
|---|---|---|
| a policy is JSON with statements, 2048 characters at most without spaces | anything | MalformedPolicyException |
| 10 policies a principal at most | any | LimitExceededException |
| a policy that is attached, or has older versions, cannot be deleted | kept | kept |
| a rule's SQL has a SELECT and a FROM | anything | SqlParseException |
| the roles of a rule's actions exist and trust IoT | unseen | InvalidRequestException |
| replacing a rule leaves it its date | a new one | as AWS |

Not mended: rules act on nothing, since nothing is published; policies grant nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from moto.iot.exceptions import InvalidRequestException, IoTClientError
from moto.iot.models import FakePolicy, FakePolicyVersion, IoTBackend

from twin.aws.server.extension.patching import replace
from twin.aws.server.extension.policy_documents import assumable

SERVICE = "iot.amazonaws.com"
LONGEST_POLICY = 2048
POLICIES_OF_A_PRINCIPAL = 10
SQL = re.compile(r"\s*SELECT\s+.+\s+FROM\s+'[^']+'.*", re.IGNORECASE | re.DOTALL)

_create_policy = IoTBackend.create_policy
_create_policy_version = IoTBackend.create_policy_version
_attach_policy = IoTBackend.attach_policy
_create_topic_rule = IoTBackend.create_topic_rule


def _check_document(document: Any) -> None:
    try:
        parsed = json.loads(document)
    except (TypeError, ValueError) as error:
        raise IoTClientError("MalformedPolicyException", f"Policy document is not JSON: {error}") from error
    if not isinstance(parsed, dict) or "Statement" not in parsed:
        raise IoTClientError("MalformedPolicyException", "Policy document has no Statement")
    length = len(re.sub(r"\s", "", document))
    if length > LONGEST_POLICY:
        raise IoTClientError("MalformedPolicyException", f"Policy document has {length} characters of {LONGEST_POLICY}")


def create_policy(self: IoTBackend, policy_name: str, policy_document: dict[str, Any]) -> FakePolicy:
    """CreatePolicy."""
    _check_document(policy_document)
    return _create_policy(self, policy_name, policy_document)


def create_policy_version(
    self: IoTBackend, policy_name: str, policy_document: dict[str, Any], set_as_default: bool
) -> FakePolicyVersion:
    """CreatePolicyVersion."""
    _check_document(policy_document)
    return _create_policy_version(self, policy_name, policy_document, set_as_default)


def attach_policy(self: IoTBackend, policy_name: str, target: str) -> None:
    """AttachPolicy."""
    others = [policy.name for policy in self.list_attached_policies(target) if policy.name != policy_name]
    if len(others) >= POLICIES_OF_A_PRINCIPAL:
        raise IoTClientError("LimitExceededException", f"{target} has {POLICIES_OF_A_PRINCIPAL} policies already")
    _attach_policy(self, policy_name, target)


def _roles(value: Any) -> Iterator[str]:
    """Every role that an action speaks of."""
    if isinstance(value, Mapping):
        for key, part in cast("Mapping[str, Any]", value).items():
            if key == "roleArn":
                yield str(part)
            else:
                yield from _roles(part)
    elif isinstance(value, list):
        for part in cast("list[Any]", value):
            yield from _roles(part)


def _check_rule(backend: IoTBackend, sql: str, actions: Any, error_action: Any) -> None:
    if not SQL.fullmatch(sql):
        raise IoTClientError("SqlParseException", f"The statement {sql!r} cannot be parsed")
    for role in _roles([actions or [], error_action or {}]):
        if not assumable(backend.account_id, backend.region_name, role, SERVICE):
            raise InvalidRequestException(f"{SERVICE} is unable to perform: sts:AssumeRole on resource: {role}")


def create_topic_rule(self: IoTBackend, rule_name: str, sql: str, **settings: Any) -> None:
    """CreateTopicRule."""
    _check_rule(self, sql, settings.get("actions"), settings.get("error_action"))
    _create_topic_rule(self, rule_name, sql, **settings)


def replace_topic_rule(self: IoTBackend, rule_name: str, **settings: Any) -> None:
    """ReplaceTopicRule."""
    _check_rule(self, settings["sql"], settings.get("actions"), settings.get("error_action"))
    before = self.rules.get(rule_name)
    self.delete_topic_rule(rule_name)
    _create_topic_rule(self, rule_name, **settings)
    if before is not None:
        self.rules[rule_name].created_at = before.created_at


def extend() -> None:
    """Change moto's backend in place."""
    replace(IoTBackend, create_policy, create_policy_version, attach_policy, create_topic_rule, replace_topic_rule)
