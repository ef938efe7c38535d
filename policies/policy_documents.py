"""What policy documents of AWS say: statements, with its single-or-list spelling out of the way.

A document is a JSON string or a map; of one that is not known yet nothing is known, and rules say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

from policies import resource_types as types
from policies.answers import Malformed, Outcomes, all_of, any_of, each
from policies.subjects import Resource
from policies.values import Node

CALLER_KEYS: Final = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "kms:calleraccount",
        "sts:externalid",
    }
)
"""Condition keys that say who asks; the rest says what is asked for, or how."""
IDENTITY_POLICIES: Final = {
    types.GROUP_POLICY: "policy",
    types.IAM_POLICY: "policy",
    types.PERMISSION_SET_INLINE_POLICY: "inlinePolicy",
    types.ROLE_POLICY: "policy",
    types.USER_POLICY: "policy",
}
"""What holds a policy that says what somebody may do; a role's inline ones are read beside."""
RESOURCE_POLICIES: Final = {
    types.BACKUP_VAULT_POLICY: "policy",
    types.BUCKET: "policy",
    types.BUCKET_POLICY: "policy",
    types.BUCKET_V2: "policy",
    types.DOMAIN_POLICY: "accessPolicies",
    types.FILE_SYSTEM_POLICY: "policy",
    types.QUEUE: "policy",
    types.QUEUE_POLICY: "policy",
    types.REPOSITORY_POLICY: "policy",
    types.SECRET: "policy",
    types.SECRET_POLICY: "policy",
    types.TABLE_POLICY: "policy",
    types.TOPIC: "policy",
    types.TOPIC_POLICY: "policy",
}
"""What holds a policy that says who may use a thing; those of keys are read by rules of their own."""

_NARROWING: Final = frozenset(
    {"arnequals", "arnlike", "ipaddress", "stringequals", "stringequalsignorecase", "stringlike"}
)
_ANY_VALUE: Final = "foranyvalue:"
_ANYTHING: Final = re.compile(r"[*?]*|0\.0\.0\.0/0|::/0")


class Statement:
    """One statement of a policy."""

    __slots__ = ("node",)

    def __init__(self, node: Node) -> None:
        self.node = node

    @property
    def allows(self) -> bool:
        """Whether it gives something; otherwise it takes it away."""
        return self.node["Effect"].text().lower() == "allow"

    @property
    def actions(self) -> list[Node]:
        """What it names under `Action`."""
        return self.node["Action"].items

    @property
    def resources(self) -> list[Node]:
        """What it names under `Resource`."""
        return self.node["Resource"].items

    @property
    def principals(self) -> list[Node]:
        """Whom it names, of whatever kind."""
        named = self.node["Principal"]
        kinds = named.entries
        return [node for kind in kinds.values() for node in kind.items] if kinds else named.items

    def gives(self, action: str) -> bool:
        """Whether an action is among those it is about, named, by a pattern, or as not being left out."""
        return any_of(
            lambda: some(self.actions, lambda node: matches(node.text(), action)),
            lambda: (
                self.node["NotAction"].exists
                and not some(self.node["NotAction"].items, lambda node: matches(node.text(), action))
            ),
        )

    @property
    def on_everything(self) -> bool:
        """Whether it is about every resource there is."""
        return any_of(lambda: self.node["NotResource"].exists, lambda: some(self.resources, is_star))

    @property
    def names_everybody(self) -> bool:
        """Whether it is about whoever asks, conditions aside."""
        return any_of(lambda: self.node["NotPrincipal"].exists, lambda: some(self.principals, is_star))

    @property
    def open_to_everybody(self) -> bool:
        """Whether it gives something to whoever asks, and no condition says who that has to be."""
        return all_of(
            lambda: self.allows,
            lambda: self.names_everybody,
            lambda: not self.asks_for(lambda key: key in CALLER_KEYS),
        )

    def asks_for(self, wanted: Callable[[str], bool]) -> bool:
        """Whether a condition narrows a key to given values; keys come in lower case."""
        return any_of(
            *(
                partial(_narrows, values)
                for operator, keys in self.node["Condition"].entries.items()
                if operator.lower().removeprefix(_ANY_VALUE) in _NARROWING
                for key, values in keys.entries.items()
                if wanted(key.lower())
            )
        )


def _narrows(values: Node) -> bool:
    return values.exists and not some(values.items, lambda node: bool(_ANYTHING.fullmatch(node.text())))


def statements(document: Node) -> list[Statement]:
    """The statements of a document; none when there is no document."""
    content = document.json()
    if content.exists and not content["Statement"].exists:
        raise Malformed(document.path, "is no policy: it has no Statement")
    return [Statement(node) for node in content["Statement"].items]


def each_statement(documents: Iterable[Node], check: Callable[[Statement], Outcomes]) -> Outcomes:
    """Check every statement of every document; one that is not known does not hide what is wrong in another."""
    yield from each(documents, lambda document: each(statements(document), check))


def identity_documents(resource: Resource) -> list[Node]:
    """The policies in a resource that say what somebody may do."""
    if resource.type == types.ROLE:
        return [policy["policy"] for policy in resource["inlinePolicies"].items]
    return [resource[IDENTITY_POLICIES[resource.type]]]


def matches(pattern: str, name: str) -> bool:
    """Whether a name is one of those a pattern with `*` and `?` stands for; case does not matter to AWS."""
    translated = "".join({"*": ".*", "?": "."}.get(sign) or re.escape(sign) for sign in pattern)
    return re.fullmatch(translated, name, re.IGNORECASE) is not None


def is_star(node: Node) -> bool:
    """Whether it is the `*` that stands for all of a kind."""
    return node.text() == "*"


def some(nodes: Iterable[Node], test: Callable[[Node], bool]) -> bool:
    """Whether a test holds for one of the nodes; `NotKnown` only when it hangs on one that is not known."""
    return any_of(*(partial(test, node) for node in nodes))
