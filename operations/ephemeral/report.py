"""`metro janitor` as a person and as a program read it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from operations.console import Console
from operations.deployment.engine_events import StackReport
from operations.deployment.engine_process import EngineProcesses
from operations.deployment.real import CONFIGURATION, change_real, real_workspace
from operations.deployment.twin import Wishes
from operations.ephemeral.janitor import Finding, Verdict, sweep, utc_now
from operations.ephemeral.real import choices, ephemeral_territories, sweep_real
from operations.errors import AnswerNo
from operations.paths import state_directory
from operations.territories import choose_territory
from operations.tiers import Tier, announcement, choose_tier


def run_janitor(
    only: str | None, tier: str | None, wishes: Wishes, *, approved: Collection[str], dry_run: bool, as_json: bool
) -> None:
    """Sweep a state directory or the real world, print what was found and done, exit 1 when something is still there.

    `approved` are the territories that may go for real without anybody being asked at a terminal.
    """
    console = Console(as_json=as_json)
    world = choose_tier(tier, allowed=(Tier.API, Tier.REAL))
    console.say(announcement(world))
    if world is Tier.REAL:
        findings = _sweep_real(only, wishes, approved, console, dry_run=dry_run)
    else:
        findings = sweep(state_directory(), console, wishes, only=only, dry_run=dry_run)
    for finding in findings:
        console.say(_line(finding))
    if not findings:
        console.say("there is no ephemeral territory")
    result: dict[str, object] = {
        "tier": str(world),
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


def _sweep_real(
    only: str | None, wishes: Wishes, approved: Collection[str], console: Console, *, dry_run: bool
) -> list[Finding]:
    processes = EngineProcesses()

    def take_down(reference: str, stacks: frozenset[str]) -> list[StackReport]:
        territory = choose_territory(reference)
        name = territory.model.name
        wanted = choices(territory.stacks, stacks)
        word = name if name in approved else None
        return change_real(False, territory, replace(wishes, only=wanted), word, console).stacks

    return sweep_real(
        ephemeral_territories(CONFIGURATION),
        lambda: real_workspace(processes, console),
        take_down,
        utc_now(),
        only=only,
        dry_run=dry_run,
    )


def _names(findings: Sequence[Finding], verdict: Verdict) -> list[str]:
    return [finding.name for finding in findings if finding.verdict is verdict]


def _line(finding: Finding) -> str:
    of = f", a copy of {finding.source}" if finding.source else ""
    words = {
        Verdict.LIVES: f"lives until {finding.expires}{of}",
        Verdict.DUE: f"would be removed{of}" + (f" ({finding.detail})" if finding.detail else ""),
        Verdict.REMOVED: f"removed{of}" + (f" ({finding.detail})" if finding.detail else ""),
        Verdict.FAILED: f"could not be removed{of}: {finding.detail}",
        Verdict.REFUSED: f"is left alone: {finding.detail}",
    }
    return f"{finding.name}: {words[finding.verdict]}"
