"""The anchor that is OPA: ten rules in Rego, prepared once, timed while they are evaluated."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, cast

from pydantic import BaseModel, ConfigDict

from operations.bench.gate.questions import Answers, for_rego
from operations.errors import AnswerNo
from planning.plan import PlannedResource

REGO: Final = Path(__file__).with_name("rego")
ARRANGEMENTS: Final = ("resource", "plan")
"""One evaluation a resource, or a single one of all of them."""


class OpaRun(BaseModel):
    """One evaluation of every resource."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: float
    cpu_seconds: float
    answers: list[dict[str, Any]]

    def by_rule(self) -> list[Answers]:
        """Without what is said beside the answers."""
        return [{id_: found["answer"] for id_, found in answers.items()} for answers in self.answers]


class Opa:
    """A process that holds policies and resources, and evaluates them whenever it is told to."""

    def __init__(self, told: IO[str], answers: IO[str], errors: Path) -> None:
        self._told = told
        self._answers = answers
        self._errors = errors

    def run(self, arrangement: str) -> OpaRun:
        """Evaluate all resources once. Raises `AnswerNo` with what the process said when it fails."""
        try:
            self._told.write(f"{arrangement}\n")
            self._told.flush()
            line = self._answers.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise AnswerNo(f"the Rego policies cannot be evaluated:\n{self._errors.read_text(encoding='utf-8')}")
        return OpaRun.model_validate_json(line)


@contextmanager
def opa(binary: Path, resources: Sequence[PlannedResource]) -> Generator[Opa]:
    """OPA with the ten rules and these resources, parsed and prepared."""
    with tempfile.TemporaryDirectory(prefix="metropole-bench-opa-") as folder:
        file, errors = Path(folder) / "resources.json", Path(folder) / "errors"
        file.write_text(json.dumps(for_rego(resources)), encoding="utf-8")
        with errors.open("w", encoding="utf-8") as said:
            process = subprocess.Popen(
                [binary, REGO, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True
            )
        with process:
            try:
                yield Opa(cast("IO[str]", process.stdin), cast("IO[str]", process.stdout), errors)
            finally:
                process.kill()
