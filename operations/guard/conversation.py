"""One program's conversation with the gatekeeper, line by line."""

from __future__ import annotations

import sys
import traceback
from typing import IO

from pydantic import ValidationError

from operations.errors import MetroError
from operations.guard.gatekeeper import Gatekeeper
from operations.guard.protocol import GateAnswer, GateQuestion, OperationQuestion, Verdict, question_of
from operations.guard.session import JudgedTerritory
from planning.errors import PlanningError


class Conversation:
    """What one connection is about: a stack of a territory that was judged."""

    def __init__(self, keeper: Gatekeeper) -> None:
        self._keeper = keeper
        self._about: tuple[JudgedTerritory, GateQuestion] | None = None

    def serve(self, reading: IO[bytes], writing: IO[bytes]) -> None:
        """Answer until the other side hangs up."""
        for line in reading:
            writing.write(self.answer(line).model_dump_json(exclude_defaults=True).encode() + b"\n")
            writing.flush()

    def answer(self, line: bytes) -> GateAnswer:
        """The answer to one line; what goes wrong is an answer too, and lets nothing pass."""
        try:
            question = question_of.validate_json(line)
            if isinstance(question, GateQuestion):
                return self._begin(question)
            return self._decide(question)
        except ValidationError as error:
            problems = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
            return _error(f"the gate was asked in a way it does not know: {problems}", "use one checkout for all")
        except MetroError as error:
            return _error(f"the gate could not judge: {error.message}", error.remedy)
        except PlanningError as error:
            remedy = error.remedy or "./metro plan shows the same error with all it knows"
            return _error(f"the gate could not plan: {str(error).removesuffix(f'{error.remedy}').rstrip()}", remedy)
        except Exception as error:  # a defect of ours must not open the gate
            traceback.print_exc(file=sys.stderr)
            return _error(f"the gate itself failed: {type(error).__name__}", "see the lines above, and report it")

    def _begin(self, question: GateQuestion) -> GateAnswer:
        answer, judged = self._keeper.answer(question)
        self._about = (judged, question)
        return answer

    def _decide(self, question: OperationQuestion) -> GateAnswer:
        if self._about is None:
            return _error("an operation was asked about before the gate was", "use one checkout for all")
        judged, begun = self._about
        return judged.decide(begun.stack, question.urn, question.inputs, dry_run=begun.dry_run)


def _error(message: str, remedy: str | None) -> GateAnswer:
    return GateAnswer(verdict=Verdict.ERROR, message=message + (f"\n  remedy: {remedy}" if remedy else ""))
