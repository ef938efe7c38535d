"""Loopback ports that a world keeps for its lifetime.

They are chosen outside the kernel's ephemeral range, where an outgoing connection could take them at any moment, and
start from a number derived from what they are for, so that the same world tends to get the same ports everywhere.
"""

from __future__ import annotations

import socket
from collections.abc import Collection
from pathlib import Path
from zlib import crc32

LOOPBACK = "127.0.0.1"
LOWEST, HIGHEST = 20000, 32767
"""Registered ports, below Linux's default ephemeral range (32768 to 60999)."""

EPHEMERAL_RANGE_FILE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def is_free(port: int) -> bool:
    """Whether a listener could bind this port on loopback now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def candidate_range(ephemeral: tuple[int, int] | None = None) -> range:
    """The ports to choose from: `LOWEST` to `HIGHEST`, cut where the kernel's ephemeral range begins."""
    low, high = ephemeral or _ephemeral_range()
    if low <= LOWEST and high >= HIGHEST:
        return range(LOWEST, HIGHEST + 1)
    if low <= HIGHEST and high >= LOWEST:
        return range(LOWEST, low) if low > LOWEST else range(high + 1, HIGHEST + 1)
    return range(LOWEST, HIGHEST + 1)


def choose_port(purpose: str, taken: Collection[int]) -> int:
    """A free port outside `taken`, the same for the same purpose while it is free.

    Raises `OSError` when every candidate is in use.
    """
    candidates = candidate_range()
    offset = crc32(purpose.encode()) % len(candidates)
    for step in range(len(candidates)):
        port = candidates[(offset + step) % len(candidates)]
        if port not in taken and is_free(port):
            return port
    raise OSError(f"no free port between {candidates[0]} and {candidates[-1]} on {LOOPBACK}")


def _ephemeral_range() -> tuple[int, int]:
    try:
        low, high = EPHEMERAL_RANGE_FILE.read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return (32768, 60999)
    return int(low), int(high)
