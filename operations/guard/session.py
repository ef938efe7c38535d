"""What a judged territory says of single operations, as the engine learns the values that the plan did not know."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping

from operations.gate.judging import report_on
from operations.guard.agreement import agrees
from operations.guard.protocol import GateAnswer, Verdict
from operations.guard.words import closed, still_undetermined
from planning import wire
from planning.plan import Plan, PlannedResource
from planning.urns import parse_urn
from planning.values import FingerprintKey, Value, contains_unknown
from policies.answers import Answer
from policies.judge import Door, Judged, answers_of, ask, views
from policies.report import Finding, Report
from policies.report import Verdict as Judgement
from policies.rule import ResourceRule, Rule, StackRule, TerritoryRule
from policies.subjects import Resource, Stack
from policies.values import Node
from territory.model import Territory

_KEY = FingerprintKey()
"""Secrets come without their value, so there is nothing to take a fingerprint of."""


class JudgedTerritory:
    """A plan, its report, and what engines have found out since. Safe to use from several threads.

    A question that was answered with pass or fail is not asked again, for knowing more cannot change that. What is
    asked again is what was undetermined, and every rule about a resource whose inputs are not what the plan said.
    """

    def __init__(self, plan: Plan, territory: Territory, report: Report, rules: Iterable[Rule]) -> None:
        self.plan = plan
        self.territory = territory
        self.report = report
        self._lock = threading.Lock()
        self._stacks = {stack.name: stack for stack in views(plan.stacks)}
        self._rules = {rule.id: rule for rule in rules}
        self._open = {(finding.rule, finding.subject) for finding in report.findings if _is_open(finding.answer)}
        self._values: dict[str, Mapping[str, Value]] = {}
        self._answered: dict[str, tuple[Mapping[str, Value], Report]] = {}
        """URN to the inputs it was asked about last and what came of it: two doors of an engine run ask once."""
        self.questions = 0
        """How many answers were asked for since the plan was judged."""

    @property
    def is_closed(self) -> bool:
        """Whether nothing may be deployed."""
        return self.report.verdict is Judgement.FAIL

    def watched(self, stack: str) -> dict[str, tuple[str, ...]]:
        """URN to the rules that wait for the inputs of that resource of a stack.

        Rules about a stack or the territory wait for everything that is not known in it.
        """
        view = self._stacks[stack]
        found: dict[str, set[str]] = {}
        wide: set[str] = set()
        for rule_id, subject in self._open:
            rule = self._rules[rule_id]
            if subject in view.by_urn:
                found.setdefault(subject, set()).add(rule_id)
            if not isinstance(rule, ResourceRule) and (subject in view.by_urn or isinstance(rule, TerritoryRule)):
                wide.add(rule_id)
        if wide:
            for resource in view.resources:
                if resource.planned.is_deployable and any(map(contains_unknown, resource.planned.inputs.values())):
                    found.setdefault(resource.urn, set()).update(wide)
        return {urn: tuple(sorted(rules)) for urn, rules in sorted(found.items())}

    def decide(self, stack: str, urn: str, inputs: Mapping[str, wire.Wire], *, dry_run: bool) -> GateAnswer:
        """Whether a resource may be created or updated with these inputs."""
        report = self.learn(stack, urn, inputs, door="program")
        if report.verdict is Judgement.FAIL:
            return GateAnswer(verdict=Verdict.CLOSED, message=closed(report))
        waiting = [] if dry_run else self.unanswered(report, urn)
        if waiting:
            return GateAnswer(verdict=Verdict.CLOSED, message=still_undetermined(waiting))
        return GateAnswer(verdict=Verdict.OPEN)

    def learn(self, stack: str, urn: str, inputs: Mapping[str, wire.Wire], *, door: Door) -> Report:
        """Put real inputs in the place of the plan's and ask again what hangs on them."""
        with self._lock:
            values = _KEY.properties({key: value for key, value in inputs.items() if not key.startswith("__")})
            before = self._answered.get(urn)
            if before is not None and before[0] == values:
                return before[1]
            answers = list(self._learnt(self._stacks[stack], urn, values))
            self.questions += len(answers)
            passed = {(judged.rule.id, judged.subject) for judged in answers if judged.answer is Answer.PASS}
            # Another set, not this one made smaller: other stacks' doors are reading it.
            self._open = self._open - passed
            report = report_on(answers, door=door)
            self._answered[urn] = values, report
            return report

    def unanswered(self, report: Report, urn: str) -> tuple[Finding, ...]:
        """What a report leaves undetermined about this very resource, though it may not be."""
        return tuple(
            finding
            for finding in report.of(Answer.UNDETERMINED)
            if finding.subject == urn
            and finding.after_apply is None
            and isinstance(self._rules[finding.rule], ResourceRule)
        )

    def settle(self, stack: str, held: Mapping[str, Mapping[str, wire.Wire]], *, door: Door) -> Report:
        """Ask what is undetermined about a stack once more, with all that it holds now: by URN, computed values too."""
        with self._lock:
            view = self._stacks[stack]
            for urn, values in held.items():
                if resource := view.by_urn.get(urn):
                    resource.inputs = Node({**_KEY.properties(values), **self._values.get(urn, {})})
            own = [(rule, view.by_urn[subject]) for rule, subject in self._open_pairs() if subject in view.by_urn]
            answers = [ask(rule, resource) for rule, resource in own if not isinstance(rule, TerritoryRule)]
            return report_on([*answers, *self._of_territory()], door=door)

    def undetermined(self, stack: str) -> dict[str, list[str]]:
        """Rule to the subjects of a stack, or of the territory, about which nobody can answer it yet."""
        found: dict[str, list[str]] = {}
        for rule, subject in self._open_pairs():
            if isinstance(rule, TerritoryRule) or subject in self._stacks[stack].by_urn:
                found.setdefault(rule.id, []).append(subject)
        return found

    def _learnt(self, stack: Stack, urn: str, values: Mapping[str, Value]) -> Iterable[Judged]:
        resource = stack.by_urn.get(urn)
        if resource is None:  # no plan knows it, so every rule about it is new
            parsed = parse_urn(urn)
            planned = PlannedResource(urn=urn, type=parsed.type, name=parsed.name, custom=True, inputs=dict(values))
            return self._answers(stack, Resource(planned, stack), everything=True)
        before = self._values.get(urn, resource.planned.inputs)
        self._values[urn] = values
        resource.inputs = Node(dict(values))
        return self._answers(stack, resource, everything=not agrees(before, values))

    def _answers(self, stack: Stack, resource: Resource, *, everything: bool) -> Iterable[Judged]:
        for rule in self._rules.values():
            if isinstance(rule, TerritoryRule) or resource.type not in rule.types:
                continue
            if everything or (rule.id, resource.urn) in self._open:
                yield ask(rule, resource)
        for rule, subject in self._open_pairs():
            if isinstance(rule, StackRule) and subject != resource.urn and subject in stack.by_urn:
                yield ask(rule, stack.by_urn[subject])
        yield from self._of_territory()

    def _open_pairs(self) -> list[tuple[Rule, str]]:
        return [(self._rules[rule], subject) for rule, subject in sorted(self._open)]

    def _of_territory(self) -> list[Judged]:
        rules = [rule for rule, _ in self._open_pairs() if isinstance(rule, TerritoryRule)]
        return list(answers_of(rules, tuple(self._stacks.values()), self.territory)) if rules else []


def _is_open(answer: Answer) -> bool:
    return answer is Answer.UNDETERMINED
