"""Stands in for vcsim: takes its arguments, holds its port, says it is ready, ends with its standard input."""

from __future__ import annotations

import json
import os
import socket
import sys

arguments = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=True))
host, port = arguments["-listen"].split(":")
with open(arguments["-credentials"], encoding="utf-8") as credentials:  # noqa: PTH123 - must start in no time
    if "broken" in credentials.read():
        sys.exit("credentials.yaml: no user for this vCenter")
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    listener.bind((host, int(port)))
except OSError:
    sys.stderr.write(f"listen {arguments['-listen']}: address already in use\n")
    sys.exit(3)
listener.listen()
with open(os.path.join(os.environ["TMPDIR"], "datastore"), "w"):  # noqa: PTH118, PTH123 - likewise
    pass
print(json.dumps({"ready": True, "url": f"https://{host}:{port}/sdk"}), flush=True)
sys.stdin.read()
