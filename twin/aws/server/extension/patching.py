"""Putting our behaviour around moto's."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from moto.core.responses import BaseResponse

Function = Callable[..., Any]


def around(owner: type, name: str, replacement: Callable[..., Any]) -> None:
    """Call `replacement(original, self, ...)` wherever the method, or property, `name` of the class was called."""
    original: Any = getattr(owner, name)
    if isinstance(original, property):
        setattr(owner, name, property(functools.partial(replacement, original.fget)))
        return

    @functools.wraps(original)
    def replaced(self: Any, *arguments: Any, **named: Any) -> Any:
        return replacement(original, self, *arguments, **named)

    setattr(owner, name, replaced)


class Patches:
    """Changes that are written down where they are defined, and made all at once, and only once, by `install`.

    Example:
        @PATCHES.around(VPCBackend, "delete_vpc")
        def _delete_vpc(original, self, vpc_id): ...
    """

    def __init__(self) -> None:
        self._pending: list[Callable[[], None]] = []

    def around(self, owner: type, name: str) -> Callable[[Function], Function]:
        """The function goes around a method or property."""
        return self._later(lambda function: around(owner, name, function))

    def method(self, owner: type, name: str) -> Callable[[Function], Function]:
        """The function becomes a method that moto lacks, or takes the place of one."""
        return self._later(lambda function: setattr(owner, name, function))

    def property(self, owner: type, name: str) -> Callable[[Function], Function]:
        """The function becomes a property that moto lacks, or takes the place of one."""
        return self._later(lambda function: setattr(owner, name, property(function)))

    def _later(self, change: Callable[[Function], None]) -> Callable[[Function], Function]:
        def register(function: Function) -> Function:
            self._pending.append(functools.partial(change, function))
            return function

        return register

    def install(self) -> None:
        """Make the changes; a second time does nothing."""
        while self._pending:
            self._pending.pop(0)()


def replace(owner: type, *functions: Function) -> None:
    """Each function becomes the method of its own name, which moto lacks or which it takes the place of."""
    for function in functions:
        setattr(owner, function.__name__, function)


def parameter(response: BaseResponse, name: str) -> Any:
    """A parameter of the request, wherever the protocol puts it; None when it was left out."""
    return response._get_param(name)  # pyright: ignore[reportPrivateUsage]
