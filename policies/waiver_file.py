"""Reads `policies/waivers.yaml`. What is not a waiver there is kept as a problem, so that it shows."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from policies.documents import Document, document_of, read_document, shown, validated
from policies.waivers import PlacedWaiver, Waiver, Waivers
from territory.errors import Problem
from territory.yaml_source import Node

WAIVERS_FILE: Final = Path(__file__).with_name("waivers.yaml")
SCHEMA_FILE: Final = Path(__file__).with_name("waivers.schema.json")
MOST_WAIVERS: Final = 500
"""More than anybody can answer for; it also bounds what matching costs."""


def load_waivers(file: Path = WAIVERS_FILE) -> Waivers:
    """Everything the file says. A file that is absent waives nothing."""
    try:
        return _waivers_of(read_document(file))
    except FileNotFoundError:
        return Waivers()
    except OSError as error:
        message = f"the file cannot be read: {error.strerror}"
        return Waivers(problems=(Problem(shown(file), None, message, remedy="Make it a readable file."),))


def parse_waivers(raw: bytes, file: str) -> Waivers:
    """The same of another revision's bytes."""
    return _waivers_of(document_of(raw, file))


def schema_text() -> str:
    """The JSON Schema that editors complete and check the file with, as it belongs into `SCHEMA_FILE`."""
    entry = Waiver.model_json_schema()
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Waivers",
        "type": "object",
        "additionalProperties": False,
        "required": ["waivers"],
        "properties": {"waivers": {"type": "array", "maxItems": MOST_WAIVERS, "items": entry}},
    }
    return json.dumps(schema, indent=2) + "\n"


def _waivers_of(document: Document) -> Waivers:
    problems = list(document.problems)
    entries: list[PlacedWaiver] = []
    items = document.root.value
    if items is None:
        return Waivers(problems=document.problems)
    remedy = "Write waivers: and below it a list of entries, or [] for none."
    if not isinstance(items, dict) or set(items) != {"waivers"}:
        unknown = next((key for key in items if key != "waivers"), None) if isinstance(items, dict) else None
        pointer = (unknown,) if unknown else ()
        expected = "the one key waivers"
        problem = document.problem(
            pointer, "the file is not one of waivers", found=unknown, expected=expected, remedy=remedy
        )
        return Waivers(problems=(*problems, problem))
    listed = items["waivers"].value
    if not isinstance(listed, list):
        return Waivers(problems=(*problems, document.problem(("waivers",), "waivers is not a list", remedy=remedy)))
    if len(listed) > MOST_WAIVERS:
        expected, found = f"at most {MOST_WAIVERS}", str(len(listed))
        problem = document.problem(
            ("waivers", MOST_WAIVERS),
            "there are too many waivers; those from here on waive nothing",
            found=found,
            expected=expected,
            remedy="Mend what they are about.",
        )
        problems.append(problem)
    first: dict[tuple[str, str], int] = {}
    for index, node in enumerate(listed[:MOST_WAIVERS]):
        outcome = validated(Waiver, document, ("waivers", index), node.plain())
        if not isinstance(outcome, Waiver):
            problems.extend(outcome)
        elif (outcome.rule, outcome.subject) in first:
            message = f"the same is waived on line {first[outcome.rule, outcome.subject]} already"
            problems.append(document.problem(("waivers", index), message, remedy="Delete one of the two."))
        else:
            first[outcome.rule, outcome.subject] = node.line
            if not _says_a_thing_twice(document, listed, index):
                entries.append(PlacedWaiver(outcome, document.file, node.line))
    return Waivers(tuple(entries), tuple(problems))


def _says_a_thing_twice(document: Document, entries: Sequence[Node], index: int) -> bool:
    """Whether a key of the entry is written twice, so that it may not say what its approver read."""
    last = entries[index + 1].line if index + 1 < len(entries) else math.inf
    return any(entries[index].line <= (problem.line or 0) <= last for problem in document.problems)


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
