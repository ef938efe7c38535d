"""Run commands where there is no network but loopback, and count what tried to leave it.

Started as `unshare --net python -m tests.twin.operations.loopback_only '[["command", "argument"], ...]'`; prints one
JSON object. The kernel counts every connection and datagram it has no route for (`OutNoRoutes`), whichever process and
whatever name resolution asked for it; a last, deliberate attempt shows that it counts here.
"""

from __future__ import annotations

import fcntl
import json
import socket
import struct
import subprocess
import sys
from pathlib import Path

SIOCSIFFLAGS = 0x8914
IFF_UP = 0x1
ELSEWHERE = ("192.0.2.1", 443)
"""An address reserved for documentation (RFC 5737)."""


def raise_loopback() -> None:
    """Set the new network namespace's only interface up."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def attempts_to_leave() -> int:
    """What the kernel of this network namespace had no route for, IPv4 and IPv6."""
    names, values = (
        line.split() for line in Path("/proc/net/snmp").read_text().splitlines() if line.startswith("Ip: ")
    )
    version_6 = dict(line.split() for line in Path("/proc/net/snmp6").read_text().splitlines())
    return int(dict(zip(names, values, strict=True))["OutNoRoutes"]) + int(version_6["Ip6OutNoRoutes"])


def main() -> None:
    """Run every command to its end and print what became of them."""
    raise_loopback()
    ran = [subprocess.run(command, capture_output=True, text=True, check=False) for command in json.loads(sys.argv[1])]
    counted = attempts_to_leave()
    with socket.socket() as outward:
        outward.settimeout(1)
        outward.connect_ex(ELSEWHERE)
    print(
        json.dumps(
            {
                "codes": [command.returncode for command in ran],
                "stdout": [command.stdout for command in ran],
                "stderr": [command.stderr for command in ran],
                "attempts": counted,
                "attempts_after_a_deliberate_one": attempts_to_leave(),
            }
        )
    )


if __name__ == "__main__":
    main()
