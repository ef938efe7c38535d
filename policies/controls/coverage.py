"""What stands behind each control, and which findings touch it. Rules contribute; they decide no control."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from policies.answers import Answer
from policies.controls.model import Control, Framework
from policies.report import Finding, Report


class Touch(StrEnum):
    """What can be said of a control from the rules that contribute to it; never that it is met."""

    NOTHING_BEHIND = "nothing behind it yet"
    ON_HOSTS = "asked of running hosts"
    """No rule contributes; `./metro verify` does."""
    NOT_JUDGED = "not judged"
    """There are rules, and no report was given."""
    BROKEN = "a rule is broken"
    WAIVED = "a broken rule is waived"
    UNDETERMINED = "a rule is undetermined"
    NO_FINDING = "no finding"
    """None of the rules that were asked found anything."""


@dataclass(frozen=True)
class ControlCoverage:
    """One control with what touches it."""

    control: Control
    touch: Touch
    findings: tuple[Finding, ...] = ()
    """Of the rules that contribute to it, in the report's order."""


@dataclass(frozen=True)
class FrameworkCoverage:
    """One framework, control by control."""

    framework: Framework
    controls: tuple[ControlCoverage, ...]

    @property
    def mapped(self) -> int:
        """Controls with at least one rule behind them."""
        return sum(bool(each.control.mapped) for each in self.controls)

    @property
    def on_hosts(self) -> int:
        """Controls with no rule behind them that running hosts are asked for."""
        return sum(bool(each.control.on_hosts and not each.control.mapped) for each in self.controls)

    @property
    def unmapped(self) -> int:
        """Controls with nothing behind them yet."""
        return len(self.controls) - self.mapped - self.on_hosts


def coverage(frameworks: Iterable[Framework], report: Report | None) -> tuple[FrameworkCoverage, ...]:
    """Every control of every framework, those with nothing behind them too."""
    by_rule: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings if report else ():
        by_rule[finding.rule].append(finding)

    def cover(control: Control) -> ControlCoverage:
        findings = [finding for rule in control.mapped for finding in by_rule[rule]]
        findings.sort(key=lambda finding: finding.sort_key)
        return ControlCoverage(control, _touch(control, report, findings), tuple(findings))

    return tuple(FrameworkCoverage(each, tuple(map(cover, each.controls))) for each in frameworks)


def _touch(control: Control, report: Report | None, findings: list[Finding]) -> Touch:
    if not control.mapped:
        return Touch.ON_HOSTS if control.on_hosts else Touch.NOTHING_BEHIND
    if report is None:
        return Touch.NOT_JUDGED
    if any(finding.blocks for finding in findings):
        return Touch.BROKEN
    if any(finding.answer is Answer.UNDETERMINED for finding in findings):
        return Touch.UNDETERMINED
    return Touch.WAIVED if findings else Touch.NO_FINDING
