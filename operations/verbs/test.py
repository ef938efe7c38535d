"""`metro test`: the project's checks and tests, through the locked environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, NoReturn

import typer

from operations.console import Console, Progress
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
            _make_ready(console, tests)
        _become_pytest(tests, context.args)


def _make_ready(console: Console, tests: Tests) -> None:
    """Prepare what the tests need. What cannot be had has its tests skipped, unless it was asked for by name."""
    from operations.checkov.environment import ensure_environment
    from operations.engine.find import ensure_engine
    from operations.engine.toolchain import ensure_vcsim
    from operations.hosts.ground import make_ground
    from operations.hosts.image import ensure_image
    from operations.postgresql import ensure_postgresql

    api = {"engine": ensure_engine, "vcsim": ensure_vcsim}
    _prepare(console, "the api tier", api, required=tests in (Tests.API, Tests.HOSTS))
    _prepare(console, "Checkov", {"Checkov": ensure_environment})
    _prepare(console, "a state in PostgreSQL", {"PostgreSQL": ensure_postgresql})
    if tests in (Tests.ALL, Tests.HOSTS):
        hosts = {"ground for hosts": make_ground, "golden image": ensure_image}
        _prepare(console, "the host tier", hosts, required=tests is Tests.HOSTS)


def _prepare(
    console: Console, whose: str, parts: Mapping[str, Callable[[Progress], object]], *, required: bool = False
) -> None:
    """Make parts ready, by the name they are shown under. Raises `MachineError` for one that is `required`."""
    try:
        for name, make in parts.items():
            with console.step(name) as progress:
                make(progress)
    except MachineError as error:
        if required:
            raise
        remedy = f" ({error.remedy})" if error.remedy else ""
        console.warn(f"the tests of {whose} will be skipped: {error.message}{remedy}")


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
