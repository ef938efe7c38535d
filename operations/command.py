"""The `metro` command: finds its verbs, runs one, turns failures into words and an exit code.

A verb is a module of `operations.verbs` with `register(app)`. Verb modules import only what their signature needs; the
work's own imports happen when the verb runs, so that `metro --help` answers at once.
"""

from __future__ import annotations

import os
import pkgutil
import signal
import sys
import time
import traceback
from importlib import import_module
from pathlib import Path

import typer

from operations import verbs
from operations.console import Console
from operations.errors import EXIT_DEFECT, EXIT_INTERRUPTED, Interrupted, MetroError
from operations.paths import state_directory

HELP = """Infrastructure as code for a secure metropolitan platform, and a twin to rehearse it on.

Exit codes: 0 yes, 1 the answer is no, 2 the input is wrong, 3 the machine lacks something."""


def build_app() -> typer.Typer:
    """The command with every verb registered, in alphabetical order."""
    app = typer.Typer(
        name="metro",
        help=HELP,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for module in pkgutil.iter_modules(verbs.__path__):
        import_module(f"{verbs.__name__}.{module.name}").register(app)
    return app


def main(arguments: list[str] | None = None) -> None:
    """Run one verb and exit with its code. Never shows a traceback: a defect writes one to a file and says where."""
    arguments = sys.argv[1:] if arguments is None else arguments
    console = Console(as_json="--json" in arguments)
    # A request to end is an interrupt: what was begun is put in order before this process goes.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        build_app()(arguments, prog_name="metro")
    except MetroError as error:
        console.fail(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        console.fail(Interrupted("interrupted"))
        sys.exit(EXIT_INTERRUPTED)
    except SystemExit as ended:
        # Typer makes an exit, without a word, of a ^C that no verb put into words.
        if ended.code == EXIT_INTERRUPTED:
            console.fail(Interrupted("interrupted"))
        raise
    except Exception as error:
        console.fail(_defect(error))
        sys.exit(EXIT_DEFECT)


def _defect(error: Exception) -> MetroError:
    """Keep the traceback for whoever mends it, and give the person in front of the terminal one line."""
    text = "".join(traceback.format_exception(error))
    kept = _keep(text)
    where = f"the traceback is in {kept}" if kept else f"the traceback could not be kept:\n{text}"
    failure = MetroError(f"metro itself failed: {type(error).__name__}: {error}", f"please report it; {where}")
    failure.exit_code = EXIT_DEFECT
    return failure


def _keep(text: str) -> Path | None:
    try:
        logs = state_directory() / "logs"
        logs.mkdir(exist_ok=True, mode=0o700)
        path = logs / f"traceback-{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}.txt"
        path.write_text(text, encoding="utf-8")
    except OSError:
        return None
    return path
