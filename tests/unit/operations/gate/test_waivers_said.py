"""Every waiver is said, with who answers for it, and none counts as what it is not."""

from __future__ import annotations

from datetime import date
from io import StringIO

from rich.console import Console as RichConsole

from operations.console import Console
from operations.gate.report_view import closing_line, say_report
from policies.waiver_file import parse_waivers
from policies.waivers import apply_waivers
from tests.policy.reports import URN, finding, report

ENTRY = """\
  - rule: {rule}
    subject: {subject}
    reason: because
    owner: A. Martin
    approver: B. Durand
    ticket: NET-4711
    granted: 2026-11-27
    expires: {expires}
"""


def test_used_unused_expired_and_unreadable_ones_are_all_said() -> None:
    text = "waivers:\n" + "".join(
        ENTRY.format(rule=rule, subject=subject, expires=expires)
        for rule, subject, expires in (
            ("NET-001", URN, "2027-01-31"),
            ("NET-001", "service dns", "2027-01-31"),
            ("NET-002", URN, "2026-12-01"),
            ("NET-003", "service *", "2027-01-31"),
        )
    )
    waivers = parse_waivers(text.encode(), "waivers.yaml")
    judged = apply_waivers(report(finding(), finding(rule="NET-002")), waivers, date(2026, 12, 24))
    written = StringIO()
    say_report(Console(stderr=RichConsole(file=written, width=400)), judged)
    lines = written.getvalue().splitlines()
    assert closing_line(judged).startswith("the gate is closed: 2 findings, 1 waived, 0 undetermined")
    assert "waivers: 1 used, 1 unused, 1 expired" in lines
    assert f"  NET-001 {URN}: used, until 2027-01-31; A. Martin, approved by B. Durand, NET-4711" in lines
    assert any(
        line.startswith("WAIVER-MALFORMED fails, high: waivers waivers.yaml (waivers.yaml:26)") for line in lines
    )
    assert any(line.startswith("WAIVER-EXPIRED shows, medium: waiver NET-002") for line in lines)
    assert any(line.startswith("WAIVER-UNUSED shows, low: waiver NET-001 service dns") for line in lines)
    assert any(line.startswith("NET-001 waived until 2027-01-31 by B. Durand for A. Martin") for line in lines)
