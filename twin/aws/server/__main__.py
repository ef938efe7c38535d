"""`python -m twin.aws.server --world FILE --credentials FILE --cloud ID --listen 127.0.0.1:PORT`.

Says in one JSON line on standard output that it is ready, and ends when its standard input closes. Exit code 3: the
port is taken.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Final

from twin.aws.server.cloud import Cloud, read_cloud

EXIT_PORT_TAKEN: Final = 3
_BACKLOG: Final = 128


def main() -> int:
    """Serve until standard input closes."""
    parser = argparse.ArgumentParser(prog="python -m twin.aws.server", description="a simulated cloud")
    parser.add_argument("--world", type=Path, required=True, help="world.yaml")
    parser.add_argument("--credentials", type=Path, required=True, help="credentials.yaml")
    parser.add_argument("--cloud", required=True, help="which of the world's clouds to be")
    parser.add_argument("--listen", required=True, help="127.0.0.1:PORT")
    options = parser.parse_args()
    host, _, port = str(options.listen).rpartition(":")
    if host != "127.0.0.1" or not port.isdigit():
        parser.error(f"--listen is {options.listen!r}, expected 127.0.0.1:PORT")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, True)
    try:
        listener.bind((host, int(port)))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        sys.stderr.write(f"port {port} is taken\n")
        return EXIT_PORT_TAKEN
    listener.listen(_BACKLOG)
    cloud = read_cloud(options.world, options.credentials, options.cloud)
    # Whoever calls waits in the listener's queue for the second that moto takes to load; nobody else has to.
    sys.stdout.write(json.dumps({"ready": True, "cloud": cloud.id, "server": options.listen}) + "\n")
    sys.stdout.flush()
    threading.Thread(target=_end_with_input, name="input", daemon=True).start()
    _settle_moto(cloud)
    # Only now: moto reads its settings when it is imported.
    from twin.aws.server.http import CloudServer  # noqa: PLC0415

    CloudServer(cloud, listener).serve_forever()
    return 0


def _end_with_input() -> None:
    while os.read(0, 4096):
        pass
    # Requests under way hold nothing that outlives the process.
    os._exit(0)


def _settle_moto(cloud: Cloud) -> None:
    for name in tuple(os.environ):
        if name.startswith(("MOTO_", "AWS_")):
            del os.environ[name]
    os.environ["MOTO_ACCOUNT_ID"] = cloud.account_id
    os.environ["AWS_DEFAULT_REGION"] = cloud.region


if __name__ == "__main__":
    sys.exit(main())
