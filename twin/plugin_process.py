"""What the engine starts as a provider plugin: asks the daemon for a provider and lives as long as it is wanted.

Run by path with `python -IS` (`twin.plugins` writes the executable that does so): it uses the standard library only,
because the engine waits for it for each provider of each stack. Arguments: the state directory, the package, then
what the engine adds: its own address.
"""

import fcntl
import json
import os
import select
import signal
import socket
import sys
from pathlib import Path

_STDIN = 0
_CONNECT_SECONDS = 5.0
_SERVER_SECONDS = 30.0

_HOW_TO_START = "start it with `./metro twin up`, then run this again"


class _Unavailable(Exception):  # noqa: N818 - says what is the case
    """There is no provider to be had; the message tells the user why."""


def main(state: Path, package: str, engine: str) -> int:
    """Print the port of a fresh provider; return when the engine or the daemon is gone."""
    # The engine interrupts its plugins when it is done with them, and there is nothing here to tidy up.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        connection, port = _ask(state, package, engine)
    except _Unavailable as error:
        sys.stderr.write(f"{error}\n")
        return 1
    with connection:
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        return _wait(connection)


def _ask(state: Path, package: str, engine: str) -> tuple[socket.socket, int]:
    if not _daemon_lives(state):
        raise _Unavailable(f"the twin that {package} is simulated in is not running: {_HOW_TO_START}")
    try:
        daemon = json.loads((state / "daemon.json").read_text(encoding="utf-8"))
        connection = socket.create_connection(("127.0.0.1", daemon["port"]), _CONNECT_SECONDS)
        connection.settimeout(_SERVER_SECONDS)
        request = {"token": daemon["token"], "op": "provider", "package": package, "engine": engine}
        connection.sendall(json.dumps(request).encode() + b"\n")
        answer = json.loads(_line(connection))
    except (OSError, ValueError, LookupError) as error:
        raise _Unavailable(f"the twin's daemon does not answer ({error}): {_HOW_TO_START}") from error
    if not answer["ok"]:
        raise _Unavailable(f"{answer['error']['message']}: {answer['error']['remedy']}")
    return connection, int(answer["port"])


def _daemon_lives(state: Path) -> bool:
    """Whether the lock of `twin.rendezvous` is held."""
    try:
        with (state / "daemon.lock").open(encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _line(connection: socket.socket) -> bytes:
    """Read exactly one line: nothing follows it until the connection ends."""
    line = b""
    while not line.endswith(b"\n"):
        part = connection.recv(4096)
        if not part:
            break
        line += part
    return line


def _wait(connection: socket.socket) -> int:
    """Block until either side is gone."""
    connection.settimeout(None)
    while True:
        ready, _, _ = select.select([connection, _STDIN], [], [])
        if connection in ready and not connection.recv(4096):
            sys.stderr.write("the twin's daemon has ended, and every provider with it\n")
            return 1
        if _STDIN in ready and not os.read(_STDIN, 4096):
            return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else ""))
