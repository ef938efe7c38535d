"""What ssh runs to reach a guest: connects inside the world's wires and hands the connection over (`ProxyUseFdpass`).

Run by path with `python -IS`: it uses the standard library only, because ssh waits for it. Arguments: the lock file of
the world's hypervisor, the address to come from, the address and the port to go to.
"""

import ctypes
import fcntl
import os
import socket
import sys
from pathlib import Path

_NETWORK_NAMESPACE = 0x40000000
_SECONDS = 10.0


def main(lock: str, source: str, address: str, port: str) -> int:
    """Connect, pass the socket to whoever is at standard output, and end."""
    try:
        _enter(_hypervisor(Path(lock)))
        with (
            socket.create_connection((address, int(port)), _SECONDS, source_address=(source, 0)) as connection,
            socket.socket(fileno=1) as asker,
        ):
            connection.settimeout(None)
            socket.send_fds(asker, [b"\0"], [connection.fileno()])
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{address}: {error}\n")
        return 1
    return 0


def _hypervisor(lock: Path) -> int:
    """The process whose network namespace the wires are in. Raises `OSError` when none runs."""
    with lock.open(encoding="ascii") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            outer = int(stream.read())
        else:
            raise ProcessLookupError("no host of this world runs; `./metro up` starts them")
    return int(Path(f"/proc/{outer}/task/{outer}/children").read_text(encoding="ascii").split()[0])


def _enter(pid: int) -> None:
    """Move this process to the network namespace of another; for root only."""
    with Path(f"/proc/{pid}/ns/net").open("rb") as namespace:
        # os.setns() comes with Python 3.12.
        if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), _NETWORK_NAMESPACE):
            number = ctypes.get_errno()
            raise OSError(number, f"the wires cannot be entered: {os.strerror(number)}")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
