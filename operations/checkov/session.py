"""Checkov's long-lived process: started once, asked as often as there is something to scan."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, cast

from operations.checkov.environment import PROJECT, ensure_environment
from operations.console import Progress
from operations.errors import AnswerNo
from policies.terraform.adapter import TerraformPlan

STARTING_S: Final = 180
SCANNING_S: Final = 300
_KEPT: Final = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR")
"""All it sees of the environment: nobody's credentials are among."""


class CheckovFailed(AnswerNo):
    """Checkov died, took too long, or did not scan all that it was sent: no pass, whatever else it said."""


class CheckovSession:
    """The process and what it can check. A context manager; safe for one thread at a time."""

    def __init__(self, progress: Progress, *, seconds: float = SCANNING_S) -> None:
        self._progress = progress
        self._seconds = seconds
        self._process: subprocess.Popen[str] | None = None
        self._complaints: IO[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.catalogue: Mapping[str, Mapping[str, Any]] = {}
        """Check id to `name` and `types`, of the checks of AWS."""

    def __enter__(self) -> CheckovSession:
        python = ensure_environment(self._progress)
        self._progress("starting Checkov")
        self._folder = tempfile.TemporaryDirectory(prefix="metropole-checkov-")  # 0700
        self._complaints = tempfile.TemporaryFile()
        home = Path(self._folder.name)
        self._process = subprocess.Popen(
            [str(python), str(PROJECT / "worker.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            text=True,
            encoding="utf-8",
            cwd=home,
            env={name: os.environ[name] for name in _KEPT if name in os.environ} | {"HOME": str(home)},
            start_new_session=True,  # ^C comes to us alone
        )
        try:
            self.catalogue = self._answer(STARTING_S)["checks"]
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process, self._process = self._process, None
        if process is not None:
            if process.stdin is not None:
                with contextlib.suppress(OSError):
                    process.stdin.close()
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()
        if self._complaints is not None:
            self._complaints.close()
        if self._folder is not None:
            self._folder.cleanup()

    def scan(self, plan: TerraformPlan, loose: Mapping[str, Mapping[str, str]]) -> Mapping[str, Any]:
        """Checkov's answer about one plan; raises `CheckovFailed`."""
        if self._process is None or self._folder is None:
            raise CheckovFailed("Checkov is not running")
        file = Path(self._folder.name) / "plan.json"
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
                opened.write(plan.to_json())
            request = {
                "plan": str(file),
                "unknown": plan.unknown,
                "neighbours": plan.neighbours,
                "stacks": {address: item.stack for address, item in plan.sent.items()},
                "loose": loose,
            }
            with contextlib.suppress(BrokenPipeError):
                stdin = cast("IO[str]", self._process.stdin)
                stdin.write(json.dumps(request) + "\n")
                stdin.flush()
            return self._answer(self._seconds)
        finally:
            file.unlink()

    def _answer(self, seconds: float) -> Mapping[str, Any]:
        process = cast("subprocess.Popen[str]", self._process)
        late = threading.Event()
        timer = threading.Timer(seconds, lambda: (late.set(), process.kill()))
        timer.daemon = True
        timer.start()
        try:
            line = cast("IO[str]", process.stdout).readline()
        finally:
            timer.cancel()
        if late.is_set():
            raise CheckovFailed(
                f"Checkov was still at work after {seconds:.0f} s and was stopped", "gate fewer stacks at a time"
            )
        if not line:
            raise CheckovFailed(f"Checkov's process ended{self._last_words()}", "run it again; see metro doctor")
        answer = cast("Mapping[str, Any]", json.loads(line))
        if "error" in answer:
            raise CheckovFailed(f"Checkov failed: {answer['error']}")
        return answer

    def _last_words(self) -> str:
        # Once it was given a plan, what it says may quote a value.
        if self.catalogue or self._complaints is None:
            return " while it scanned"
        self._complaints.seek(0)
        said = self._complaints.read()[-2000:].decode(errors="replace").strip()
        return f" before it was ready:\n{said}" if said else " before it was ready"
