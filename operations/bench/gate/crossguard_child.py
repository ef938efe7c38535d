"""The process in which policies are timed: answers the engine's requests in both ways, in turns.

Reads a `Job` on stdin, answers with a `Report` on stdout. Both sides run the very same checks: what differs is that a
policy of the SDK decodes the resource for itself, and is asked about resources of every type.
"""

from __future__ import annotations

import gc
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, cast

from pulumi.runtime.proto import analyzer_pb2
from pydantic import BaseModel, ConfigDict

from planning import wire
from planning.plan import Plan, PlannedResource, StackPlan
from planning.values import FingerprintKey, Value, is_secret, is_unknown, members
from policies.answers import Answer
from policies.catalogue import rule_by_id
from policies.judge import Judged, ask
from policies.rule import ResourceRule
from policies.subjects import Resource, Stack

_KEY = FingerprintKey()


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Job(_Message):
    """What is asked, of what."""

    plan: Plan
    rules: tuple[str, ...]
    runs: int


class Report(_Message):
    """Each run by the clock and by the processor."""

    ours: list[tuple[float, float]]
    anchor: list[tuple[float, float]]
    requests: int
    pairs: int
    """Answers of each side, which are the same."""


class Question:
    """A request as the engine sends it, and the resource it is about."""

    def __init__(self, planned: PlannedResource, stack: Stack) -> None:
        self.request = analyzer_pb2.AnalyzeRequest(
            type=planned.type,
            urn=planned.urn,
            name=planned.name,
            properties=wire.packed({key: _on_the_wire(value) for key, value in planned.inputs.items()}),
        )
        self.planned = planned
        self.stack = stack


def _on_the_wire(value: Value) -> Any:
    if is_unknown(value):
        return wire.UNKNOWN
    if is_secret(value):
        return wire.secret("hidden")
    if isinstance(value, list):
        return [_on_the_wire(inner) for inner in cast("list[Value]", value)]
    entries = members(value)
    return value if entries is None else {key: _on_the_wire(inner) for key, inner in entries.items()}


Ask = Callable[[Question], list[Judged]]


def dispatcher(rules: list[ResourceRule]) -> Ask:
    """Our way: what no rule is about is not decoded, and the rest once."""
    by_type: defaultdict[str, list[ResourceRule]] = defaultdict(list)
    for rule in rules:
        for type_ in rule.types:
            by_type[type_].append(rule)

    def asked(question: Question) -> list[Judged]:
        concerned = by_type.get(question.request.type)
        if not concerned:
            return []
        inputs = _KEY.properties(wire.plain_map(question.request.properties))
        resource = Resource(question.planned, question.stack, None, inputs)
        answers = [ask(rule, resource) for rule in concerned]
        _response(answers)
        return answers

    return asked


def _response(answers: list[Judged]) -> analyzer_pb2.AnalyzeResponse:
    return analyzer_pb2.AnalyzeResponse(
        diagnostics=[
            analyzer_pb2.AnalyzeDiagnostic(
                policyName=finding.rule,
                policyPackName="metropole",
                policyPackVersion="1",
                description=finding.title,
                message=f"{finding.title}\n{finding.message}",
                enforcementLevel=analyzer_pb2.MANDATORY,
            )
            for judged in answers
            if judged.answer is Answer.FAIL
            for finding in judged.findings
        ]
    )


def policies(rules: list[ResourceRule]) -> Ask:
    """CrossGuard's way: a pack of one policy a rule, which the SDK's own servicer asks in turn."""
    sdk: Any = import_module("pulumi_policy.policy")
    resources: dict[str, Resource] = {}
    answers: list[Judged] = []

    def policy(rule: ResourceRule) -> Any:
        types = frozenset(rule.types)

        def validate(args: Any, report_violation: Callable[[str], None]) -> None:
            if args.resource_type in types:
                # The resource is there already: reading it through the SDK's proxies would cost the anchor more.
                judged = ask(rule, resources[args.urn])
                answers.append(judged)
                if judged.answer is Answer.FAIL:
                    for finding in judged.findings:
                        report_violation(finding.message)

        return sdk.ResourceValidationPolicy(name=rule.id, description=rule.title, validate=validate)

    servicer: Any = sdk._PolicyAnalyzerServicer(
        name="metropole",
        version="1",
        policies=[policy(rule) for rule in rules],
        enforcement_level=sdk.EnforcementLevel.MANDATORY,
    )

    def asked(question: Question) -> list[Judged]:
        urn = question.planned.urn
        if urn not in resources:
            resources[urn] = Resource(question.planned, question.stack)
        answers.clear()
        servicer.Analyze(question.request, None)
        return list(answers)

    return asked


def _timed(ask_: Ask, questions: list[Question]) -> tuple[float, float]:
    gc.collect()
    cpu, begun = time.process_time(), time.perf_counter()
    for question in questions:
        ask_(question)
    return time.perf_counter() - begun, time.process_time() - cpu


def _said(ask_: Ask, questions: list[Question]) -> Mapping[tuple[str, str], Answer]:
    return {(each.rule.id, each.subject): each.answer for question in questions for each in ask_(question)}


def _questions(stack: StackPlan) -> list[Question]:
    view = Stack(stack)
    return [Question(planned, view) for planned in stack.resources if planned.custom and not planned.external]


def main() -> None:
    """Answer every request once to compare, then time both sides."""
    job = Job.model_validate_json(sys.stdin.buffer.read())
    rules = [rule for id_ in job.rules if isinstance(rule := rule_by_id(id_), ResourceRule)]
    questions = [question for stack in job.plan.stacks for question in _questions(stack)]
    ours, anchor = dispatcher(rules), policies(rules)
    said = _said(ours, questions)
    if said != _said(anchor, questions):
        raise SystemExit("the policies do not answer what our dispatcher does")
    runs = [(_timed(ours, questions), _timed(anchor, questions)) for _ in range(job.runs)]
    report = Report(
        ours=[our for our, _ in runs], anchor=[their for _, their in runs], requests=len(questions), pairs=len(said)
    )
    sys.stdout.write(report.model_dump_json())


if __name__ == "__main__":
    main()
