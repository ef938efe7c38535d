"""What stops a plan, in words its reader can act on."""

from __future__ import annotations


class PlanningError(Exception):
    """A plan that could not be made: what happened, where, and what mends it. `str()` is the whole text."""

    def __init__(
        self,
        message: str,
        *,
        remedy: str | None = None,
        stack: str | None = None,
        source: str | None = None,
        detail: str | None = None,
    ) -> None:
        self.message = message
        self.remedy = remedy
        self.stack = stack
        self.source = source
        """Where in the program, `file:line` relative to the checkout."""
        self.detail = detail
        """The program's own traceback, when it has one."""
        super().__init__(message)

    def __str__(self) -> str:
        where = ": ".join(part for part in (self.stack, self.source) if part)
        text = f"{where}: {self.message}" if where else self.message
        return f"{text}\n{self.remedy}" if self.remedy else text


class RegistrationRefused(PlanningError):  # noqa: N818 - says what happened, as its siblings do
    """The program asked for something the engine refuses: a duplicate URN, a default provider that is disabled."""


class ProgramFailed(PlanningError):  # noqa: N818 - says what happened, as its siblings do
    """The stack's program raised, exited or died before its plan was complete."""


class ProgramTimedOut(PlanningError):  # noqa: N818 - says what happened, as its siblings do
    """The stack's program was still running when its time was up."""


class ConfigurationError(PlanningError):
    """Stack configuration that Pulumi could not hand to a program."""
