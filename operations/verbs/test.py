"""`metro test`: the project's checks and tests, through the locked environment."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from typing import Annotated, NoReturn

import typer

from operations.console import Console
from operations.errors import MachineError
from operations.paths import CHECKOUT


class Tests(StrEnum):
    """Which tests to run."""

    ALL = "all"
    UNIT = "unit"
    API = "api"
    HOSTS = "hosts"
    MUTATION = "mutation"


_MARKERS = {Tests.UNIT: "not api and not hosts", Tests.API: "api", Tests.HOSTS: "hosts"}


def register(app: typer.Typer) -> None:
    """Add the verb."""

    @app.command("test", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
    def _(
        context: typer.Context,
        tests: Annotated[
            Tests,
            typer.Argument(
                help="unit: quick ones, code checks included; api: with the engine; hosts: on running systems; "
                "mutation: whether the cases of rules notice changed rules, of those named after it or of all."
            ),
        ] = Tests.ALL,
    ) -> None:
        """Run the project's tests; what follows -- is passed to pytest, which then works in a single process."""
        if tests is Tests.MUTATION:
            from operations.mutation.run import run_mutation

            run_mutation([argument for argument in context.args if argument != "--"])
            return
        console = Console()
        if tests is not Tests.UNIT:
            _make_ready(console, required=tests in (Tests.API, Tests.HOSTS))
        if tests in (Tests.ALL, Tests.HOSTS):
            _make_hosts_ready(console, required=tests is Tests.HOSTS)
        _become_pytest(tests, context.args)


def _make_ready(console: Console, *, required: bool) -> None:
    """Prepare the api tier. Without it and not asked for by name, its tests are skipped and say why."""
    from operations.checkov.environment import ensure_environment
    from operations.engine.find import ensure_engine
    from operations.engine.toolchain import ensure_vcsim
    from operations.postgresql import ensure_postgresql

    try:
        with console.step("engine") as progress:
            ensure_engine(progress)
        with console.step("vcsim") as progress:
            ensure_vcsim(progress)
    except MachineError as error:
        if required:
            raise
        console.warn(f"the tests of the api tier will be skipped: {error.message}")
    try:
        with console.step("Checkov") as progress:
            ensure_environment(progress)
    except MachineError as error:
        console.warn(f"the tests of Checkov will be skipped: {error.message}")
    try:
        with console.step("PostgreSQL") as progress:
            ensure_postgresql(progress)
    except MachineError as error:
        console.warn(f"the tests of a state in PostgreSQL will be skipped: {error.message} ({error.remedy})")


def _make_hosts_ready(console: Console, *, required: bool) -> None:
    """Prepare the host tier. Without it and not asked for by name, its tests are skipped and say why."""
    from operations.hosts.ground import make_ground
    from operations.hosts.image import ensure_image

    try:
        with console.step("ground for hosts") as progress:
            make_ground(progress)
        with console.step("golden image") as progress:
            ensure_image(progress)
    except MachineError as error:
        if required:
            raise
        console.warn(f"the tests of the host tier will be skipped: {error.message}")


def _become_pytest(tests: Tests, arguments: list[str]) -> NoReturn:
    """Replace this process: a ^C reaches pytest alone, which then takes its worlds down, and has the last word."""
    marker = _MARKERS.get(tests)
    selection = ["-m", marker] if marker else []
    # Whoever asks for more is looking at something: its output, its debugger, its first failure.
    spread = arguments or ["-n", str(_processes()), "--dist", "loadgroup", "--no-loadscope-reorder"]
    # -P as in the launcher: what lies in the current directory is not what is tested.
    argv = [sys.executable, "-P", "-m", "pytest", "--rootdir", str(CHECKOUT), *selection, *spread]
    os.chdir(CHECKOUT)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, argv)  # noqa: S606 - a fixed argv, no shell


def _processes() -> int:
    """One a processor: engines wait for the disk and for the twin often enough to leave room for the next test."""
    return max(2, min(len(os.sched_getaffinity(0)), 8))
