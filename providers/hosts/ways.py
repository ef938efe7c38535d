"""Hosts behind other hosts: while the one in between is being made, nobody knocks through it in vain."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager


class Ways:
    """Knows which hosts are being made, and which of them could not be."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._under_way: set[str] = set()
        self._failed: set[str] = set()

    @contextmanager
    def under_way(self, host: str) -> Generator[None]:
        """The time in which a host is made; it could not be when the block raises."""
        with self._changed:
            self._under_way.add(host)
            self._failed.discard(host)
        made = False
        try:
            yield
            made = True
        finally:
            with self._changed:
                self._under_way.discard(host)
                if not made:
                    self._failed.add(host)
                self._changed.notify_all()

    def wait(self, host: str, seconds: float) -> bool:
        """Whether a host could be made; blocks while it is, and takes one that nobody makes for made."""
        with self._changed:
            return self._changed.wait_for(lambda: host not in self._under_way, seconds) and host not in self._failed
