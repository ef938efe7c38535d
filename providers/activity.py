"""How much work is under way, counted where it is done: gRPC forgets a call once its caller is gone."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any


class Activity:
    """Operations that have begun and not ended."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._under_way = 0

    @contextmanager
    def one(self) -> Generator[None]:
        """Count one operation while the body runs."""
        with self._changed:
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def counted(self, method: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """Return the method with its calls counted."""

        @functools.wraps(method)
        def call(request: Any) -> Any:
            with self.one():
                return method(request)

        return call

    def wait_until_idle(self, seconds: float) -> bool:
        """Block until nothing is under way, at most so long; whether that is so."""
        with self._changed:
            return self._changed.wait_for(lambda: self._under_way == 0, timeout=seconds)
