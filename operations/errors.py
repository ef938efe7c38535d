"""What can go wrong in a way the person at the keyboard can do something about.

Anything else is a defect and ends in a traceback file. Exit codes: 0 yes, 1 the answer is no, 2 the input is wrong,
3 the machine lacks something, 70 a defect of ours, 130 interrupted.
"""

from __future__ import annotations

from collections.abc import Mapping

EXIT_NO = 1
EXIT_INPUT = 2
EXIT_MACHINE = 3
EXIT_DEFECT = 70
EXIT_INTERRUPTED = 130


class MetroError(Exception):
    """A failure with a message for a person and, where there is one, the way out."""

    exit_code = EXIT_NO

    def __init__(self, message: str, remedy: str | None = None, result: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.result = result or {}
        """What a program that reads `--json` is told beside the error."""


class AnswerNo(MetroError):  # noqa: N818 - an answer, not an error of anybody's
    """The question was understood and the answer is no: a deployment failed, a world is not empty."""


class InputError(MetroError):
    """What was asked for is wrong: an unknown territory, an invalid file, a refused tier."""

    exit_code = EXIT_INPUT


class MachineError(MetroError):
    """The machine lacks something; the remedy says what installs it."""

    exit_code = EXIT_MACHINE


class Interrupted(MetroError):  # noqa: N818 - what a person asked for is no error
    """Stopped by ^C or SIGTERM after everything that was running had been ended in order."""

    exit_code = EXIT_INTERRUPTED
