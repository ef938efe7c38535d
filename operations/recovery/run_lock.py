"""One `metro` at a time changes a territory: the second waits, saying for whom, or refuses."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from operations.console import Console
from operations.errors import AnswerNo

POLL_S = 0.2


@contextmanager
def hold(state: Path, name: str, doing: str, console: Console, *, wait: bool = True) -> Generator[None]:
    """Hold the lock called `name` (a territory) while the body runs.

    The kernel releases it when this process ends, however it ends. Raises `AnswerNo` without `wait`.
    """
    directory = state / "locks"
    directory.mkdir(exist_ok=True, mode=0o700)
    with (directory / f"{name}.lock").open("a+", encoding="utf-8") as file:
        _acquire(file, name, console, wait=wait)
        file.seek(0)
        file.truncate()
        json.dump({"pid": os.getpid(), "doing": doing, "since": time.strftime("%H:%M:%S")}, file)
        file.flush()
        try:
            yield
        finally:
            file.seek(0)
            file.truncate()


def _acquire(file: IO[str], name: str, console: Console, *, wait: bool) -> None:
    if _try(file):
        return
    holder = _holder(file)
    if not wait:
        raise AnswerNo(f"{name} is being changed by {holder}", "try again when it is done, or leave --no-wait out")
    with console.step(f"Waiting for {holder}, which is changing {name}"):
        while not _try(file):
            time.sleep(POLL_S)


def _try(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(file: IO[str]) -> str:
    file.seek(0)
    try:
        content: Any = json.load(file)
    except ValueError:
        return "another metro"
    known = cast(dict[str, object], content) if isinstance(content, dict) else {}
    return f"`{known.get('doing')}` (process {known.get('pid')}, since {known.get('since')})"
