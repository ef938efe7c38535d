"""`metro janitor` as a person and as a program read it."""

from __future__ import annotations

from collections.abc import Sequence

from operations.console import Console
from operations.deployment.twin import Wishes
from operations.ephemeral.janitor import Finding, Verdict, sweep
from operations.errors import AnswerNo
from operations.paths import state_directory
from operations.tiers import Tier, announcement


def run_janitor(only: str | None, wishes: Wishes, *, dry_run: bool, as_json: bool) -> None:
    """Sweep this state directory, print what was found and done, exit 1 when something overdue is still there."""
    console = Console(as_json=as_json)
    console.say(announcement(Tier.API))
    findings = sweep(state_directory(), console, wishes, only=only, dry_run=dry_run)
    for finding in findings:
        console.say(_line(finding))
    if not findings:
        console.say("there is no ephemeral territory")
    result: dict[str, object] = {
        "tier": str(Tier.API),
        "dry_run": dry_run,
        "territories": [finding.as_json() for finding in findings],
        **{str(verdict): _names(findings, verdict) for verdict in Verdict},
    }
    stuck = [finding for finding in findings if finding.verdict in (Verdict.FAILED, Verdict.REFUSED)]
    if stuck:
        error = AnswerNo(
            f"still there: {', '.join(finding.name for finding in stuck)}",
            "do what is said above about each, then run the janitor again: it goes on where it stopped",
        )
        console.fail(error, result)
        raise SystemExit(error.exit_code)
    console.result(result)


def _names(findings: Sequence[Finding], verdict: Verdict) -> list[str]:
    return [finding.name for finding in findings if finding.verdict is verdict]


def _line(finding: Finding) -> str:
    of = f", a copy of {finding.source}" if finding.source else ""
    words = {
        Verdict.LIVES: f"lives until {finding.expires}{of}",
        Verdict.DUE: f"would be removed{of}",
        Verdict.REMOVED: f"removed{of}" + (f" ({finding.detail})" if finding.detail else ""),
        Verdict.FAILED: f"could not be removed{of}: {finding.detail}",
        Verdict.REFUSED: f"is left alone: {finding.detail}",
    }
    return f"{finding.name}: {words[finding.verdict]}"
