"""What the engine starts as the plugin of package `metropole`: `python -m providers.hosts ENGINE-ADDRESS`."""

from __future__ import annotations

import os
import select
import signal
import sys
from pathlib import Path

from playbooks.digest import PLAYBOOKS
from providers.engine_log import EngineLog
from providers.hosts.provider import HostsProvider
from providers.server import ProviderServer

_STDIN = 0
_PARALLEL_OPERATIONS = 1024
"""Each waits for a run that it shares with the others: more at once is fewer runs."""
_ENDING_SECONDS = 4.0
"""The engine kills a plugin that has not ended five seconds after it was asked to."""


def main(engine: str, playbooks: Path = PLAYBOOKS) -> int:
    """Serve until the engine is gone or says so."""
    heard, wake = os.pipe()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: os.write(wake, b"."))
    server = ProviderServer(HostsProvider(EngineLog(engine), playbooks), operations=_PARALLEL_OPERATIONS)
    sys.stdout.write(f"{server.port}\n")
    sys.stdout.flush()
    _wait(heard)
    server.cancel()
    server.stop(_ENDING_SECONDS)
    return 0


def _wait(heard: int) -> None:
    """Block until a signal comes or the engine, which holds the other end of the standard input, is gone."""
    while True:
        ready, _, _ = select.select([heard, _STDIN], [], [])
        if heard in ready or not os.read(_STDIN, 4096):
            return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
