"""What is kept of each run: its log, and what became of each host. Readable by its owner alone."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

LOG = "ansible.log"
RESULT = "result.json"


class Evidence:
    """The directory of one run: `<evidence>/20261128T054213Z-apply-9f3c`."""

    def __init__(self, parent: Path, what: str) -> None:
        parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.run = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{what}-{secrets.token_hex(2)}"
        self._directory = parent / self.run
        self._directory.mkdir(mode=0o700)

    def log(self, worker: str = "") -> Path:
        """What Ansible said, here or on a worker."""
        return self._directory / (f"ansible-{worker}.log" if worker else LOG)

    @contextmanager
    def logging(self, worker: str = "") -> Generator[IO[str]]:
        """The log, open; each line is on the disk as soon as it is written."""
        with _private(self.log(worker)) as log:
            yield log

    def conclude(self, result: Mapping[str, Any]) -> None:
        """Write what the run came to."""
        with _private(self._directory / RESULT) as file:
            json.dump(result, file, indent=2, ensure_ascii=False)
            file.write("\n")


def _private(path: Path) -> IO[str]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(descriptor, "w", encoding="utf-8", errors="replace", buffering=1)
