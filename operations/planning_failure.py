"""A plan that could not be made, in a command's words."""

from __future__ import annotations

from operations.errors import AnswerNo
from planning.errors import PlanningError


def planning_failed(error: PlanningError) -> AnswerNo:
    """The error with the program's own traceback, when it has one, and the remedy apart."""
    text = str(error) if not error.remedy else str(error).removesuffix(f"\n{error.remedy}")
    return AnswerNo(text + (f"\n{error.detail}" if error.detail else ""), error.remedy)
