"""What the guard says to people: every finding with where it stands and what mends it."""

from __future__ import annotations

from collections.abc import Sequence

from operations.gate.report_view import closing_line, finding_lines
from policies.report import Finding, Report

SHOWN = 20
"""A broken territory can break one rule a thousand times; the command names them all."""


def closed(report: Report) -> str:
    """Why a report stops a deployment."""
    blocking = [finding for finding in report.findings if finding.blocks]
    lines = [line for finding in blocking[:SHOWN] for line in finding_lines(finding, "fails")]
    if len(blocking) > SHOWN:
        lines.append(f"and {len(blocking) - SHOWN} findings more: ./metro gate names them")
    return "\n".join([closing_line(report), *lines])


def still_undetermined(waiting: Sequence[Finding]) -> str:
    """Why an operation stops though nothing is known to be wrong."""
    lines = [line for finding in waiting for line in finding_lines(finding, "cannot be told")]
    return "\n".join(["the gate is closed: nobody can tell, and now is the last moment to", *lines])
