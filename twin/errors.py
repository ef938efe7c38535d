"""What can go wrong with the twin, in words a user can act on."""

from __future__ import annotations


class TwinError(Exception):
    """A fault with a message and, in `remedy`, what to do about it."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class PortTaken(TwinError):  # noqa: N818 - names the state of affairs
    """A port that a world owns is held by another process."""


class WorldFileError(TwinError):
    """`world.yaml` or `credentials.yaml` cannot be read."""


class DaemonError(TwinError):
    """The daemon does not start, does not answer, or answers nonsense."""


KINDS: dict[str, type[TwinError]] = {
    kind.__name__: kind for kind in (TwinError, PortTaken, WorldFileError, DaemonError)
}
"""Name on the wire to the exception it becomes on the other side."""
