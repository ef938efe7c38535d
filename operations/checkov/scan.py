"""Stacks judged by Checkov: what was sent, what was scanned, and each verdict as a finding of the gate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from functools import cache
from typing import Any, Final, cast

import yaml

from operations.checkov.environment import PROJECT
from operations.checkov.session import CheckovFailed, CheckovSession
from operations.console import Progress
from planning.plan import StackPlan
from planning.values import members
from policies.answers import Answer, Severity
from policies.report import CheckovCounts, Finding
from policies.terraform.adapter import Sent, TerraformPlan, terraform_plan
from policies.terraform.names import Names
from policies.terraform.parts import parts_of

SEVERITIES: Final = PROJECT / "severities.yaml"
_SHOWN: Final = 6
"""So many unknown fields are named; more say nothing more."""


def scan(
    stacks: Sequence[StackPlan], *, progress: Progress, session: CheckovSession | None = None
) -> tuple[tuple[Finding, ...], CheckovCounts]:
    """Put every AWS resource of these stacks to Checkov; without a session, to one of its own.

    Raises `CheckovFailed` when it answers for less than it was sent, and `MachineError` when it cannot be installed.
    """
    plan = terraform_plan(stacks)
    sent = len(plan.sent)
    if not sent:
        return (), CheckovCounts(sent=0, scanned=0, unmapped=plan.unmapped)
    findings: list[Finding] = []
    scanned = checks = 0
    with nullcontext(session) if session is not None else CheckovSession(progress) as running:
        loose = plan.loose
        for part in parts_of(plan):
            progress(f"{scanned} of {sent} resources scanned")
            answer = running.scan(part, loose)
            _require_all(part, answer)
            scanned += len(part.sent)
            checks += len(answer["verdicts"])
            findings.extend(_findings(part, answer))
    findings.sort(key=lambda finding: finding.sort_key)
    return tuple(findings), CheckovCounts(sent=sent, scanned=scanned, unmapped=plan.unmapped, checks=checks)


@cache
def severities() -> Mapping[str, Severity]:
    """The checks that stop a deployment, with how bad it is when one fails; all others are told and stop nothing."""
    read = cast("dict[str, list[str]]", yaml.safe_load(SEVERITIES.read_text("utf-8")))
    found: dict[str, Severity] = {}
    for severity, checks in read.items():
        for check in checks:
            if check in found:
                raise ValueError(f"{SEVERITIES.name} names {check} twice")
            found[check] = Severity(severity)
    return found


def _require_all(plan: TerraformPlan, answer: Mapping[str, Any]) -> None:
    missing = sorted((Counter(plan.sent.keys()) - Counter(cast("list[str]", answer["scanned"]))).elements())
    if missing:
        names = ", ".join(plan.sent[address].resource.urn for address in missing[:3])
        raise CheckovFailed(
            f"Checkov scanned {len(plan.sent) - len(missing)} of the {len(plan.sent)} resources it was sent; "
            f"not among them: {names}"
        )
    strange = {verdict["address"] for verdict in answer["verdicts"]} - plan.sent.keys()
    if strange:
        raise CheckovFailed(f"Checkov answered for {len(strange)} resources that it was not sent")


def _findings(plan: TerraformPlan, answer: Mapping[str, Any]) -> Iterator[Finding]:
    for verdict in cast("list[dict[str, Any]]", answer["verdicts"]):
        if verdict["answer"] != Answer.PASS:
            yield _finding(plan, verdict)
    for check, address in cast("list[list[str]]", answer["crashed"]):
        gated = check in severities()
        yield _made(
            plan.sent.get(address) or next(iter(plan.sent.values())),
            check,
            title=check,
            answer=Answer.FAIL if gated else Answer.UNDETERMINED,
            message="the check itself failed",
            crashed=gated,
        )


def _finding(plan: TerraformPlan, verdict: Mapping[str, Any]) -> Finding:
    item = plan.sent[verdict["address"]]
    # Checks over the graph name conditions among their keys, which are no fields.
    keys = [key for key in cast("list[str]", verdict["keys"]) if key != "resource_type" and "?" not in key]
    path = _pulumi_path(item, keys[0]) if keys else ""
    title = cast("str", verdict["name"])
    if verdict["answer"] == Answer.FAIL:
        return _made(item, verdict["check"], title=title, answer=Answer.FAIL, message="Checkov says no", path=path)
    unknown = cast("list[str]", verdict["unknown"])
    told = ", ".join(dict.fromkeys(_told(plan, item, where) for where in unknown[:_SHOWN]))
    more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
    message = f"hangs on what is not known yet, or is secret: {told}{more}"
    return _made(item, verdict["check"], title=title, answer=Answer.UNDETERMINED, message=message, path=path)


def _made(
    item: Sent, check: str, *, title: str, answer: Answer, message: str, path: str = "", crashed: bool = False
) -> Finding:
    severity = severities().get(check)
    source = item.resource.source
    place = f" ({path})" if path else ""
    return Finding(
        rule=check,
        title=title,
        severity=severity or Severity.LOW,
        answer=answer,
        subject=item.resource.urn,
        stack=item.stack,
        message=message,
        path=path,
        file=source.file if source else None,
        line=source.line if source else None,
        remediation=f"Change the resource{place} until this holds: {title}.",
        engine="checkov",
        crashed=crashed,
        gated=severity is not None,
    )


def _told(plan: TerraformPlan, item: Sent, where: str) -> str:
    address, colon, path = where.rpartition(": ")
    if not colon:
        return _pulumi_path(item, path)
    other = plan.sent.get(address)
    return f"{_pulumi_path(other, path)} of {other.resource.name}" if other else f"{path} of {address.split('.')[0]}"


def _pulumi_path(item: Sent, terraform_path: str) -> str:
    """The property behind a field as far as it is set, then as Pulumi would write it."""
    told = ""
    inside: Any = item.resource.inputs
    names: Names | None = item.type.names
    for part in (part for part in terraform_path.split("/") if part and not part.strip("[]").isdigit()):
        if isinstance(inside, list):
            inside = cast("list[Any]", inside)[0] if inside else None
        entries = members(inside) or {}
        name, names = _found(entries, names, part)
        told = f"{told}.{name}" if told else name
        inside = entries.get(name)
    return told


def _found(entries: Mapping[str, Any], names: Names | None, part: str) -> tuple[str, Names | None]:
    for name in entries if names is not None else ():
        field = names.field(name) if names is not None else None
        if field is not None and field.name == part:
            return name, field.inside
    return _camel(part), None


def _camel(field: str) -> str:
    first, *rest = field.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)
