"""The daemon's log: bounded, and where everything that would go to a terminal ends as well."""

from __future__ import annotations

import logging
import os
import sys
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOG_FILE = "daemon.log"

_BYTES = 4 * 1024 * 1024
_KEPT = 2


class _StandardStreams(RotatingFileHandler):
    """Keeps standard output and error, at the level of file descriptors, on the current log file."""

    def _open(self) -> TextIOWrapper:
        stream = super()._open()
        for descriptor in (1, 2):
            os.dup2(stream.fileno(), descriptor)
        return stream


def log_to(state: Path) -> None:
    """Send the log, and from now on standard output and error, to `<state>/daemon.log`."""
    sys.stdout.flush()
    handler = _StandardStreams(state / LOG_FILE, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
