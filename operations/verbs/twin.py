"""`metro twin`: the simulated world itself."""

from __future__ import annotations

from typing import Annotated

import typer

from operations.options import DEFAULT_TERRITORY, JsonOption, TerritoryOption

SomeTerritory = Annotated[
    str | None,
    typer.Option("--territory", "-t", metavar="NAME", help="Only this territory. Default: every one that runs."),
]


def register(app: typer.Typer) -> None:
    """Add the verb with its own verbs."""
    twin = typer.Typer(name="twin", help="A territory's simulated vCenters and clouds.", no_args_is_help=True)
    for command in (up, down, status, reset, fidelity, shell):
        twin.command()(command)
    app.add_typer(twin)


def up(territory: TerritoryOption = DEFAULT_TERRITORY, as_json: JsonOption = False) -> None:
    """Start a territory's vCenters, empty, and deploy nothing."""
    from operations.worlds.care import start

    start(territory, as_json=as_json)


def down(territory: SomeTerritory = None, as_json: JsonOption = False) -> None:
    """Stop vCenters, with everything in them; without --territory all of them and the daemon."""
    from operations.worlds.care import stop

    stop(territory, as_json=as_json)


def status(as_json: JsonOption = False) -> None:
    """Say which worlds run, and whether the deployed state belongs to them."""
    from operations.worlds.care import tell_status

    tell_status(as_json=as_json)


def reset(territory: TerritoryOption = DEFAULT_TERRITORY, as_json: JsonOption = False) -> None:
    """Forget a territory's world and its stacks' state, and start over with new ports and passwords."""
    from operations.worlds.care import reset as reset_territory

    reset_territory(territory, as_json=as_json)


def fidelity(as_json: JsonOption = False) -> None:
    """List what the twin exercises of the official providers, and what it cannot."""
    from operations.worlds.care import tell_fidelity

    tell_fidelity(as_json=as_json)


def shell(
    host: Annotated[str, typer.Argument(help="A host's name.")],
    command: Annotated[list[str] | None, typer.Argument(help="What to run there instead of a shell.")] = None,
    territory: TerritoryOption = DEFAULT_TERRITORY,
) -> None:
    """Open a shell on a host, over ssh as automation does: host tier only."""
    from operations.hosts.shell import enter

    enter(territory, host, tuple(command or ()))
