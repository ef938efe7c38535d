"""How long an operation may take, and how a cancelled one ends."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from providers.logic import ProviderError


@dataclass(frozen=True)
class Deadline:
    """A point in time, and a flag that ends everything sooner."""

    at: float
    """On the monotonic clock."""
    cancelled: threading.Event

    @staticmethod
    def after(seconds: float, cancelled: threading.Event) -> Deadline:
        """That many seconds from now."""
        return Deadline(time.monotonic() + seconds, cancelled)

    def within(self, seconds: float) -> Deadline:
        """This deadline, or that many seconds from now if sooner."""
        return Deadline(min(self.at, time.monotonic() + seconds), self.cancelled)

    def check(self, doing: str) -> None:
        """Raise when there is no point in going on; `doing` completes the sentence."""
        if self.cancelled.is_set():
            raise ProviderError(f"cancelled while {doing}")
        if time.monotonic() >= self.at:
            raise ProviderError(f"timed out while {doing}")

    def pause(self, seconds: float, doing: str) -> None:
        """Sleep, but wake up and raise at once when cancelled or out of time."""
        self.cancelled.wait(min(seconds, max(0.0, self.at - time.monotonic())))
        self.check(doing)
