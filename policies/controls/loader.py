"""Reads the frameworks. A control that names no rule of ours is an error: it would claim what nothing backs."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Final

from policies.catalogue import all_rules
from policies.controls.model import Control, Framework
from policies.documents import Document, read_document, shown, validated
from territory.errors import Problem, nearest

FOLDER: Final = Path(__file__).parent


class ControlsError(Exception):
    """The controls cannot be used. `str()` is the whole text for their author, one problem a paragraph."""

    def __init__(self, problems: Collection[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n\n".join(str(problem) for problem in self.problems))


@cache
def all_frameworks() -> tuple[Framework, ...]:
    """The frameworks of this checkout, mapped to the rules of this checkout; sorted by id."""
    return load_frameworks(FOLDER, {rule.id for rule in all_rules()})


def load_frameworks(folder: Path, rules: Collection[str]) -> tuple[Framework, ...]:
    """Every `*.yaml` of a folder. Raises `ControlsError` with everything that is wrong in any of them."""
    problems: list[Problem] = []
    frameworks: list[Framework] = []
    files = sorted(folder.glob("*.yaml"))
    if not files:
        problems.append(
            Problem(shown(folder), None, "the folder holds no framework", remedy="Add one *.yaml file each.")
        )
    for file in files:
        try:
            document = read_document(file)
        except OSError as error:
            message = f"the file cannot be read: {error.strerror}"
            problems.append(Problem(shown(file), None, message, remedy="Make it a readable file."))
            continue
        outcome = validated(Framework, document, (), document.root.plain())
        problems.extend(document.problems)
        if isinstance(outcome, Framework):
            problems.extend(_mistakes(document, outcome, file.stem, rules))
            frameworks.append(outcome)
        elif not document.problems:
            problems.extend(outcome)
    if problems:
        raise ControlsError(problems)
    return tuple(frameworks)


def controls_of(rule: str) -> tuple[tuple[Framework, Control], ...]:
    """The controls a rule contributes to, framework by framework."""
    return tuple((each, control) for each in all_frameworks() for control in each.controls if rule in control.mapped)


def _mistakes(document: Document, framework: Framework, stem: str, rules: Collection[str]) -> list[Problem]:
    problems: list[Problem] = []
    if framework.id != stem:
        remedy = f"Write id: {stem}"
        problems.append(
            document.problem(("id",), "the id is not the file's name", found=framework.id, expected=stem, remedy=remedy)
        )
    numbers: dict[str, int] = {}
    for index, control in enumerate(framework.controls):
        at = ("controls", index)
        if control.number in numbers:
            problems.append(
                document.problem(
                    at,
                    f"the control {control.number} is on line {numbers[control.number]} already",
                    found=control.number,
                    expected="each number once",
                    remedy="Merge the two.",
                )
            )
        numbers.setdefault(control.number, document.root.line_of(at))
        for place, rule in enumerate(control.mapped):
            where = (*at, "mapped", place)
            if rule in control.mapped[:place]:
                message = f"the control {control.number} names {rule} twice"
                problems.append(document.problem(where, message, found=rule, remedy="Delete one of the two."))
            elif rule not in rules:
                near = nearest(rule, sorted(rules))
                problems.append(
                    document.problem(
                        where,
                        f"the control {control.number} names a rule that does not exist",
                        found=rule,
                        expected="the id of a rule in policies/rules",
                        near=near,
                        remedy=f"Write {near}, or delete it." if near else "Delete it.",
                    )
                )
    return problems
