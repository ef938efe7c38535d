"""What a shell needs for plain `pulumi preview`, `up`, `refresh` and `destroy` to work on the twin."""

from __future__ import annotations

import os
import sys
from shlex import quote

from operations.console import Console
from operations.deployment.project import Project
from operations.deployment.schedule import select_stacks
from operations.paths import state_directory
from operations.territories import choose_territory, shipped_territories
from operations.tiers import Tier, announcement
from operations.worlds.session import open_session, start_world


def run_env(territory: str | None, *, only: tuple[str, ...] = (), as_json: bool) -> None:
    """Prepare worlds and stacks, then print the lines (or, with `--json`, their variables) on stdout."""
    console = Console(as_json=as_json)
    chosen = [choose_territory(name) for name in ([territory] if territory else shipped_territories())]
    console.say(announcement(Tier.API))
    path = os.environ.get("PATH", os.defpath)
    session = open_session(state_directory(), console)
    stacks: list[str] = []
    for each in chosen:
        running = start_world(session, each, console, select_stacks(each.stacks, only))
        stacks += running.configurations
        if running.status.lost:
            name = each.model.name
            console.warn(
                f"{name}'s world was lost: the state describes what is no more; "
                f"./metro up -t {name} makes it anew, ./metro twin reset -t {name} forgets it"
            )
    variables = shell_variables(session.project, path)
    if as_json:
        console.result({"tier": str(Tier.API), "variables": variables, "stacks": stacks})
    else:
        sys.stdout.write("".join(f"export {name}={quote(value)}\n" for name, value in variables.items()))
    console.say(f"stacks: {', '.join(stacks)}")


def shell_variables(project: Project, path: str) -> dict[str, str]:
    """Variables for a person's shell. None is a secret: the passphrase is a file only they can read."""
    shim = str(project.shim.parent)
    kept = [entry for entry in path.split(os.pathsep) if entry != shim]
    return {**project.variables(), "PATH": os.pathsep.join([shim, *kept])}
