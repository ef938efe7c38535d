"""What a person sees while stacks are worked on: a table that moves on a terminal, plain lines elsewhere."""

from __future__ import annotations

import threading
import time
from types import TracebackType

from rich.live import Live
from rich.table import Table

from operations.console import Console
from operations.deployment.engine_events import EventTally, Outcome, StackReport

LINE_EVERY_S = 5.0
REFRESH_PER_S = 4


class LiveStacks:
    """Shows each stack from `begin` to `end`; both may be called from any thread."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._running: dict[str, EventTally] = {}
        self._finished = threading.Event()
        self._live: Live | None = None
        self._lines: threading.Thread | None = None

    def __enter__(self) -> LiveStacks:
        if self._console.is_terminal:
            self._live = Live(
                get_renderable=self._table, console=self._console.rich, refresh_per_second=REFRESH_PER_S, transient=True
            )
            self._live.start()
        else:
            self._lines = threading.Thread(target=self._write_lines, name="metro-stacks", daemon=True)
            self._lines.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._finished.set()
        if self._live:
            self._live.stop()
        if self._lines:
            self._lines.join()

    def begin(self, tally: EventTally) -> None:
        """A stack's turn has come."""
        with self._lock:
            self._running[tally.stack] = tally

    def end(self, tally: EventTally, report: StackReport) -> None:
        """A stack's turn is over: its line, and every error with its resource."""
        with self._lock:
            self._running.pop(tally.stack, None)
        if report.outcome is Outcome.SUCCEEDED:
            self._console.say(str(report))
        else:
            self._console.warn(str(report))
        for warning in report.warnings:
            self._console.warn(str(warning))
        for failure in report.failures:
            self._console.say(f"  {failure}")

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        with self._lock:
            running = list(self._running.values())
        for tally in running:
            seconds = time.monotonic() - tally.begun
            table.add_row(tally.stack, f"{tally.steps} done", f"{seconds:.0f} s", tally.current)
        return table

    def _write_lines(self) -> None:
        told: dict[str, float] = {}
        while not self._finished.wait(0.5):
            now = time.monotonic()
            with self._lock:
                running = list(self._running.values())
            for tally in running:
                if now - told.get(tally.stack, tally.begun - LINE_EVERY_S + 1) >= LINE_EVERY_S:
                    told[tally.stack] = now
                    self._console.say(f"{tally.stack}: {tally.steps} done, now {tally.current or 'starting'}")
