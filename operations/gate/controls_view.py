"""The controls of the frameworks and what contributes to each, for a person and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from operations.console import Console
from operations.errors import InputError
from operations.gate.report_view import inert
from policies.controls.coverage import ControlCoverage, FrameworkCoverage, Touch, coverage
from policies.controls.loader import ControlsError, all_frameworks
from policies.report import Report

MEANING = "A rule contributes to a control. What is listed here never shows that a control is met."
_STYLES = {Touch.BROKEN: "red", Touch.UNDETERMINED: "yellow", Touch.WAIVED: "yellow", Touch.NOTHING_BEHIND: "dim"}


def controls_of_report(report: Report | None) -> tuple[FrameworkCoverage, ...]:
    """Every framework, with a report's findings at the controls they touch. `InputError` names what is wrong."""
    try:
        return coverage(all_frameworks(), report)
    except ControlsError as error:
        raise InputError(str(error), "correct the lines named above") from None


def say_controls(console: Console, frameworks: Sequence[FrameworkCoverage]) -> None:
    """Write a table for each framework to stderr, then one line of counts for each."""
    for each in frameworks:
        console.say(f"{each.framework.title} ({each.framework.edition})")
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in ("control", "about", "contributing rules", "asked of hosts", "stands"):
            table.add_column(column, overflow="fold")
        for control in each.controls:
            table.add_row(
                control.control.number,
                escape(control.control.title),
                ", ".join(control.control.mapped),
                ", ".join(control.control.on_hosts),
                _stands(control),
            )
        console.rich.print(table, soft_wrap=False)
    for each in frameworks:
        console.say(counts_line(each))
    console.say(MEANING)


def counts_line(framework: FrameworkCoverage) -> str:
    """A framework in one line: how many controls have rules behind them, how many hosts' tests alone, how many none."""
    return (
        f"{framework.framework.id}: rules contribute to {framework.mapped} of {len(framework.controls)} controls, "
        f"running hosts are asked for {framework.on_hosts} more, {framework.unmapped} with nothing behind them yet"
    )


def controls_object(frameworks: Sequence[FrameworkCoverage]) -> dict[str, Any]:
    """The JSON object: every control of every framework, with the rules and the findings that touch it."""
    return {"meaning": MEANING, "frameworks": [_framework_object(each) for each in frameworks]}


def _framework_object(each: FrameworkCoverage) -> dict[str, Any]:
    framework = each.framework
    return {
        "id": framework.id,
        "title": framework.title,
        "edition": framework.edition,
        "source": framework.source,
        "mapped": each.mapped,
        "on_hosts": each.on_hosts,
        "unmapped": each.unmapped,
        "controls": [
            {
                "number": control.control.number,
                "title": control.control.title,
                "contributing": list(control.control.mapped),
                "on_hosts": list(control.control.on_hosts),
                "stands": control.touch.value,
                "findings": [
                    {
                        "rule": finding.rule,
                        "answer": finding.answer.value,
                        "subject": finding.subject,
                        "blocks": finding.blocks,
                        "waived": finding.waiver is not None,
                    }
                    for finding in control.findings
                ],
            }
            for control in each.controls
        ],
    }


def _stands(control: ControlCoverage) -> str:
    counted = Counter(inert(finding.rule) for finding in control.findings)
    rules = ", ".join(f"{rule} {count}" for rule, count in counted.items())
    text = f"{control.touch.value}: {rules}" if rules else control.touch.value
    style = _STYLES.get(control.touch)
    return f"[{style}]{escape(text)}[/]" if style else escape(text)
