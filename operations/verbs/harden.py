"""`metro harden`: the playbook on running hosts, outside Pulumi."""

from __future__ import annotations

from typing import Annotated

import typer

from operations.options import DEFAULT_TERRITORY, JsonOption, TerritoryOption


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("harden")(harden)


def harden(
    territory: TerritoryOption = DEFAULT_TERRITORY,
    limit: Annotated[
        list[str] | None,
        typer.Option(
            "--limit", metavar="NAME|GROUP", help="Only this host, or this group's; may be given more than once."
        ),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Say what would change, and change nothing.")] = False,
    worker: Annotated[
        list[str] | None,
        typer.Option(
            "--worker", metavar="SITE=HOST", help="Run this site's hosts from this host; may be given more than once."
        ),
    ] = None,
    batch: Annotated[
        int, typer.Option("--batch", min=1, help="Hosts a run; of more, one of each role goes first.")
    ] = 32,
    failure_budget: Annotated[
        int, typer.Option("--failure-budget", min=0, help="Hosts that may fail before the rest is left alone.")
    ] = 3,
    as_json: JsonOption = False,
) -> None:
    """Apply to running hosts what the stack `hosts` declares of them, in the way its provider does."""
    from operations.hosts.harden import harden as run

    run(
        territory,
        tuple(limit or ()),
        check=check,
        as_json=as_json,
        workers=tuple(worker or ()),
        batch=batch,
        failure_budget=failure_budget,
    )
