"""`metro doctor`: which tiers this machine can run, and what the others need."""

from __future__ import annotations

import typer

from operations.options import JsonOption


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("doctor")(doctor)


def doctor(as_json: JsonOption = False) -> None:
    """Say which tiers this machine can run, what is missing, and what installs it. Changes nothing.

    Exits with 0 when the api tier can run, 3 when it cannot.
    """
    from operations.console import Console
    from operations.doctor import Verdict, answers, examine
    from operations.doctor_report import as_object, show
    from operations.errors import EXIT_MACHINE
    from operations.tiers import Tier

    console = Console(as_json=as_json)
    findings = examine()
    tiers = answers(findings)
    show(console, findings, tiers)
    console.result(as_object(findings, tiers))
    default = next(answer for answer in tiers if answer.tier is Tier.API)
    if default.verdict is Verdict.MISSING:
        raise typer.Exit(EXIT_MACHINE)
