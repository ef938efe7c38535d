"""Putting our behaviour around moto's."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


def around(owner: type, name: str, replacement: Callable[..., Any]) -> None:
    """Call `replacement(original, self, ...)` wherever the method `name` of the class was called."""
    original: Callable[..., Any] = getattr(owner, name)

    @functools.wraps(original)
    def replaced(self: Any, *arguments: Any, **named: Any) -> Any:
        return replacement(original, self, *arguments, **named)

    setattr(owner, name, replaced)
