"""The gate as a policy pack: the engine's Analyzer protocol, spoken without the SDK for policies.

That one raises where a rule reads what is not known, and the engine takes that for a note: it fails open. Here unknowns
and secrets arrive as they are on the wire, and an answer that nobody can give yet is one.
"""
# ruff: noqa: N802, ARG002 - the methods are named by the protocol, and none needs the context of a call

from __future__ import annotations

import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc, plugin_pb2

from operations.errors import MetroError
from operations.guard.gatekeeper import Gatekeeper
from operations.guard.listening import GuardSocket
from operations.guard.protocol import GateQuestion
from operations.guard.session import JudgedTerritory
from operations.paths import CHECKOUT, state_directory
from planning import wire
from planning.errors import PlanningError
from policies.answers import Answer, Severity
from policies.catalogue import all_rules, rule_by_id
from policies.report import Finding, Report
from policies.rule import ResourceRule
from stacks.guard import hidden_secret, pack_socket

NAME = "metropole"
SHOWN = 3
LARGEST_MESSAGE = 400 << 20
"""As the engine's own limit; a whole stack comes in one message."""
_SEVERITIES = {
    Severity.CRITICAL: analyzer_pb2.POLICY_SEVERITY_CRITICAL,
    Severity.HIGH: analyzer_pb2.POLICY_SEVERITY_HIGH,
    Severity.MEDIUM: analyzer_pb2.POLICY_SEVERITY_MEDIUM,
    Severity.LOW: analyzer_pb2.POLICY_SEVERITY_LOW,
}


class Pack(analyzer_pb2_grpc.AnalyzerServicer):
    """One engine run's analyzer. Each public method is one RPC of the engine's."""

    def __init__(self, keeper: Gatekeeper) -> None:
        self._keeper = keeper
        self._question: GateQuestion | None = None
        self._told = False

    def Handshake(
        self, request: analyzer_pb2.AnalyzerHandshakeRequest, context: Any = None
    ) -> analyzer_pb2.AnalyzerHandshakeResponse:
        """Nothing to agree on."""
        return analyzer_pb2.AnalyzerHandshakeResponse()

    def ConfigureStack(
        self, request: analyzer_pb2.AnalyzerStackConfigureRequest, context: Any = None
    ) -> analyzer_pb2.AnalyzerStackConfigureResponse:
        """Which stack it is, and how it is configured; a program that asks its guard says so better."""
        secret = frozenset(request.config_secret_keys)
        self._question = GateQuestion(
            protocol=1,
            stack=request.stack,
            project=str(CHECKOUT),
            dry_run=request.dry_run,
            config={key: hidden_secret(text) if key in secret else text for key, text in request.config.items()},
            secret_keys=tuple(sorted(secret)),
        )
        return analyzer_pb2.AnalyzerStackConfigureResponse()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: Any = None) -> plugin_pb2.PluginInfo:
        """The pack's version is the toolkit's."""
        return plugin_pb2.PluginInfo(version=version("metropole"))

    def GetAnalyzerInfo(self, request: empty_pb2.Empty, context: Any = None) -> analyzer_pb2.AnalyzerInfo:
        """Every rule, under its own id."""
        return analyzer_pb2.AnalyzerInfo(
            name=NAME,
            displayName="Metropole's gate",
            version=version("metropole"),
            policies=[
                analyzer_pb2.PolicyInfo(
                    name=rule.id,
                    displayName=rule.id,
                    description=rule.title,
                    message=rule.remediation,
                    enforcementLevel=analyzer_pb2.MANDATORY,
                    policy_type=analyzer_pb2.POLICY_TYPE_RESOURCE
                    if isinstance(rule, ResourceRule)
                    else analyzer_pb2.POLICY_TYPE_STACK,
                    severity=_SEVERITIES[rule.severity],
                    remediation_steps=rule.remediation,
                )
                for rule in all_rules()
            ],
        )

    def Configure(self, request: analyzer_pb2.ConfigureAnalyzerRequest, context: Any = None) -> empty_pb2.Empty:
        """Rules cannot be configured: who wants one waived writes a waiver."""
        return empty_pb2.Empty()

    def Remediate(self, request: analyzer_pb2.AnalyzeRequest, context: Any = None) -> analyzer_pb2.RemediateResponse:
        """The gate changes nothing."""
        return analyzer_pb2.RemediateResponse()

    def Cancel(self, request: empty_pb2.Empty, context: Any = None) -> empty_pb2.Empty:
        """No call takes long enough to be cut short."""
        return empty_pb2.Empty()

    def Analyze(self, request: analyzer_pb2.AnalyzeRequest, context: Any = None) -> analyzer_pb2.AnalyzeResponse:
        """What the plan's report stops, at the first resource; and what this resource's real inputs come to."""
        question, judged = self._judged(context)
        if judged.is_closed:
            told, self._told = self._told, True
            findings = () if told else judged.report.findings
            return _response(_diagnostic(finding, request.urn) for finding in findings if finding.blocks)
        report = judged.learn(question.stack, request.urn, wire.plain_map(request.properties), door="crossguard")
        waiting = () if question.dry_run else judged.unanswered(report, request.urn)
        return _response(
            [
                *(_diagnostic(finding, request.urn) for finding in report.findings if finding.blocks),
                *(_note(finding, analyzer_pb2.MANDATORY) for finding in waiting),
            ]
        )

    def AnalyzeStack(
        self, request: analyzer_pb2.AnalyzeStackRequest, context: Any = None
    ) -> analyzer_pb2.AnalyzeResponse:
        """After a preview, what nobody could answer yet; after an update, what its computed values come to."""
        question, judged = self._judged(context)
        if judged.is_closed:
            return _response([])
        if question.dry_run:
            return _response(_counted(judged, question.stack))
        held = {resource.urn: wire.plain_map(resource.properties) for resource in request.resources}
        report = judged.settle(question.stack, held, door="crossguard")
        return _response(_settled(report))

    def _judged(self, context: grpc.ServicerContext) -> tuple[GateQuestion, JudgedTerritory]:
        if self._question is None:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "the gate does not know which stack it judges")
            raise AssertionError("unreachable")
        begun = self._keeper.begun.get(self._question.stack)
        if begun is not None:
            return self._question, begun
        try:
            return self._question, self._keeper.answer(self._question)[1]
        except (MetroError, PlanningError) as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, f"the gate could not judge: {error}")
            raise


def _response(diagnostics: Iterable[analyzer_pb2.AnalyzeDiagnostic]) -> analyzer_pb2.AnalyzeResponse:
    return analyzer_pb2.AnalyzeResponse(diagnostics=list(diagnostics))


def _settled(report: Report) -> Iterable[analyzer_pb2.AnalyzeDiagnostic]:
    for finding in report.findings:
        if finding.blocks:
            yield _diagnostic(finding, finding.subject)
        elif finding.answer is Answer.UNDETERMINED:
            yield _note(finding, analyzer_pb2.ADVISORY)


def _counted(judged: JudgedTerritory, stack: str) -> Iterable[analyzer_pb2.AnalyzeDiagnostic]:
    for id_, subjects in judged.undetermined(stack).items():
        rule = rule_by_id(id_)
        named = ", ".join(subject.rpartition("::")[2] for subject in subjects[:SHOWN])
        more = f" and {len(subjects) - SHOWN} more" if len(subjects) > SHOWN else ""
        yield analyzer_pb2.AnalyzeDiagnostic(
            policyName=id_,
            policyPackName=NAME,
            policyPackVersion=version("metropole"),
            description=rule.title,
            message=f"undetermined for {len(subjects)}: {named}{more}; asked again before each is changed",
            enforcementLevel=analyzer_pb2.ADVISORY,
            urn=subjects[0] if subjects[0].startswith("urn:") else "",
        )


def _diagnostic(finding: Finding, urn: str) -> analyzer_pb2.AnalyzeDiagnostic:
    where = f" ({finding.file}:{finding.line})" if finding.file else ""
    about = "" if finding.subject == urn else f"{finding.subject}: "
    return analyzer_pb2.AnalyzeDiagnostic(
        policyName=finding.rule,
        policyPackName=NAME,
        policyPackVersion=version("metropole"),
        description=finding.title,
        message=f"{about}{finding.path} {finding.message}{where}\nremedy: {finding.remediation}".lstrip(),
        enforcementLevel=analyzer_pb2.MANDATORY,
        urn=urn,
        severity=_SEVERITIES[finding.severity],
    )


def _note(finding: Finding, level: analyzer_pb2.EnforcementLevel.ValueType) -> analyzer_pb2.AnalyzeDiagnostic:
    return analyzer_pb2.AnalyzeDiagnostic(
        policyName=finding.rule,
        policyPackName=NAME,
        policyPackVersion=version("metropole"),
        description=finding.title,
        message=f"nobody can tell: {finding.message}\nremedy: {finding.remediation}",
        enforcementLevel=level,
        urn=finding.subject if finding.subject.startswith("urn:") else "",
    )


def main() -> None:
    """Serve the engine that started this process, until it ends it."""
    keeper = Gatekeeper(state_directory())
    beside = pack_socket(sys.orig_argv)
    server = grpc.server(
        ThreadPoolExecutor(max_workers=4),
        options=[("grpc.max_receive_message_length", LARGEST_MESSAGE)],
    )
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Pack(keeper), server)
    port = server.add_insecure_port("127.0.0.1:0")
    with GuardSocket(keeper, beside.stem if beside else f"pack-{port}"):
        server.start()
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        server.wait_for_termination()


if __name__ == "__main__":
    main()
