"""Whether what has to be secret is kept so."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, each
from policies.values import Node

EACH = "*"
"""Stands for every element of a list in a path."""


def in_plain_text(node: Node, *path: str) -> Outcomes:
    """A problem for each value at a path that is neither absent nor, it or what holds it, secret."""
    if node.is_secret or not node.exists:
        return
    if not path:
        yield Problem("is written down in plain text, in the state and in every log of a change", node.path)
    elif path[0] == EACH:
        yield from each(node.items, lambda item: in_plain_text(item, *path[1:]))
    else:
        yield from in_plain_text(node[path[0]], *path[1:])
