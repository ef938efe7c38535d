"""Plans and judges a territory once for everybody who asks, as long as nothing it is made of changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from operations.gate.judging import judge_plan
from operations.guard.kept_plans import keep_plan, kept_plan, plan_digest
from operations.guard.protocol import GateAnswer, GateQuestion, Verdict
from operations.guard.session import JudgedTerritory
from operations.guard.settings import settings_for
from operations.guard.words import closed
from operations.territories import ChosenTerritory
from planning.offline import plan_territory
from planning.plan import Plan, StackPlan
from policies.catalogue import all_rules

Progress = Callable[[StackPlan], None]


class Gatekeeper:
    """The verdicts of one process. Safe to use from several threads."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._lock = threading.Lock()
        self._judged: dict[str, JudgedTerritory] = {}
        self.begun: dict[str, JudgedTerritory] = {}
        """Stack to what its program was judged by, of those whose programs asked."""
        self.seconds = 0.0
        """How long planning and judging have taken so far."""

    def answer(self, question: GateQuestion) -> tuple[GateAnswer, JudgedTerritory]:
        """Whether a stack's program may begin, and what it has to ask again about."""
        judged = self.begun[question.stack] = self.judged(*settings_for(question))
        if judged.is_closed:
            return GateAnswer(verdict=Verdict.CLOSED, message=closed(judged.report)), judged
        return GateAnswer(verdict=Verdict.OPEN, watched=judged.watched(question.stack)), judged

    def judged(
        self, chosen: ChosenTerritory, settings: Mapping[str, Mapping[str, Any]], progress: Progress | None = None
    ) -> JudgedTerritory:
        """A territory with these settings, planned and judged unless that was done already."""
        with self._lock:
            digest = plan_digest(chosen.reference, settings)
            if digest not in self._judged:
                begun = time.monotonic()
                plan = self._plan(digest, chosen, settings, progress)
                report = judge_plan(plan, chosen.model, door="program")
                self._judged[digest] = JudgedTerritory(plan, chosen.model, report, all_rules())
                self.seconds += time.monotonic() - begun
            return self._judged[digest]

    def _plan(
        self,
        digest: str,
        chosen: ChosenTerritory,
        settings: Mapping[str, Mapping[str, Any]],
        progress: Progress | None,
    ) -> Plan:
        kept = kept_plan(self._state, digest)
        if kept is not None:
            return kept
        plan = plan_territory(chosen.reference, settings, list(settings), progress=progress)
        keep_plan(self._state, digest, plan)
        return plan
