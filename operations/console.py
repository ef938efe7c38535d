"""How `metro` talks: progress and logs on stderr, one JSON object on stdout when asked for.

Without a terminal (CI, a pipe) the same words come as plain lines, so nothing that takes long is ever silent.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager

from rich.console import Console as RichConsole
from rich.markup import escape

from operations.errors import MetroError

Progress = Callable[[str], None]
"""Called with a short present-tense sentence whenever a long piece of work has something new to say."""

PLAIN_INTERVAL_S = 5.0
"""Without a terminal, lines of progress come no closer together than this: a build of minutes must not fill a log."""

QUIET_LIMIT_S = 10.0
"""Without a terminal, work that stays silent this long says that it is still running."""


class Console:
    """One command's voice. Safe to call from several threads."""

    def __init__(self, *, as_json: bool = False, stderr: RichConsole | None = None) -> None:
        self.as_json = as_json
        self._stderr = stderr or RichConsole(stderr=True, highlight=False, soft_wrap=True)
        self._started = time.monotonic()

    @property
    def is_terminal(self) -> bool:
        """Whether a person watches: spinners and live tables make sense."""
        return self._stderr.is_terminal

    @property
    def rich(self) -> RichConsole:
        """The console on stderr, for live displays."""
        return self._stderr

    def say(self, text: str) -> None:
        """Write one plain line to stderr."""
        self._stderr.print(escape(text))

    def warn(self, text: str) -> None:
        """Write one line that should not be overlooked."""
        self._stderr.print(f"[yellow]warning:[/] {escape(text)}")

    def fail(self, error: MetroError, result: Mapping[str, object] | None = None) -> None:
        """Show a failure and its remedy; with `--json` also on stdout, beside what there is of a result."""
        self._stderr.print(f"[bold red]error:[/] {escape(error.message)}")
        if error.remedy:
            self._stderr.print(f"[bold]remedy:[/] {escape(error.remedy)}")
        if self.as_json:
            problem = {"message": error.message, "remedy": error.remedy, "exit_code": error.exit_code}
            self.result({**(result or {}), **error.result, "error": problem})

    def result(self, data: Mapping[str, object]) -> None:
        """Print the command's one JSON object, if `--json` was given."""
        if self.as_json:
            sys.stdout.write(json.dumps(data, indent=2, default=str) + "\n")
            sys.stdout.flush()

    @contextmanager
    def step(self, title: str) -> Generator[Progress]:
        """Show that a piece of work goes on, and how long it took once it is over one second.

        Yields the `Progress` to hand to whatever does the work.
        """
        begun = time.monotonic()
        if self.is_terminal:
            with self._stderr.status(escape(title)) as status:
                yield lambda text: status.update(f"{escape(title)}: {escape(text)}")
        else:
            with self._plain_step(title) as progress:
                yield progress
        seconds = time.monotonic() - begun
        if seconds >= 1:
            self.say(f"{title}: {seconds:.1f} s")

    @contextmanager
    def _plain_step(self, title: str) -> Generator[Progress]:
        begun = time.monotonic()
        finished = threading.Event()
        last = [begun - QUIET_LIMIT_S + 1]

        def progress(text: str) -> None:
            now = time.monotonic()
            if now - begun >= 1 and now - last[0] >= PLAIN_INTERVAL_S:
                last[0] = now
                self.say(f"{title}: {text}")

        def still_running() -> None:
            while not finished.wait(1):
                now = time.monotonic()
                if now - last[0] >= QUIET_LIMIT_S:
                    last[0] = now
                    self.say(f"{title} ...")

        watcher = threading.Thread(target=still_running, name="metro-progress", daemon=True)
        watcher.start()
        try:
            yield progress
        finally:
            finished.set()
            watcher.join()
