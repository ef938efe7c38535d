"""Counts and errors come from the engine's events, whatever its text says."""

from __future__ import annotations

from typing import Any

from pulumi.automation import EngineEvent

from operations.deployment.engine_events import EventTally, Failure, Outcome, resource_label

URN = "urn:pulumi:s::metropole::metropole:index:Datacenter$vsphere:index/host:Host::lac-esxi-1"


def event(**content: Any) -> EngineEvent:
    return EngineEvent.from_json({"sequence": 1, "timestamp": 1, **content})


def diagnostic(message: str, severity: str = "error", urn: str = URN) -> EngineEvent:
    return event(diagnosticEvent={"message": message, "color": "raw", "severity": severity, "urn": urn})


def summary(**changes: int) -> EngineEvent:
    return event(summaryEvent={"resourceChanges": changes, "durationSeconds": 1, "maybeCorrupt": False})


def test_the_summary_is_counted_by_kind() -> None:
    tally = EventTally("s")
    tally.take(summary(create=3, update=2, replace=1, delete=4, same=5))
    report = tally.report(Outcome.SUCCEEDED)
    assert (report.created, report.updated, report.replaced, report.deleted, report.unchanged) == (3, 2, 1, 4, 5)
    assert report.changes == 10
    assert "3 created" in str(report)


def test_a_stack_at_rest_has_no_changes() -> None:
    tally = EventTally("s")
    tally.take(summary(same=7))
    assert tally.report(Outcome.SUCCEEDED).changes == 0


def step(op: str, urn: str, *, custom: bool = True, type_: str = "vsphere:index/host:Host") -> EngineEvent:
    state = {"type": type_, "urn": urn, "custom": custom, "id": "1", "parent": "", "provider": ""}
    metadata = {
        "op": op,
        "urn": urn,
        "type": type_,
        "provider": "p",
        "new": None if op.startswith(("delete", "discard")) else state,
    }
    return event(resOutputsEvent={"metadata": metadata})


def test_what_a_provider_is_doing_is_shown_and_counts_for_nothing() -> None:
    tally = EventTally("s")
    urn = "urn:pulumi:s::p::metropole:hosts:HostBaseline::lac-bastion"
    said = {"message": "<{%reset%}>role ssh<{%reset%}>\n", "color": "raw", "severity": "info", "urn": urn}
    tally.take(event(diagnosticEvent=said))
    assert tally.current == ""
    tally.take(event(diagnosticEvent={**said, "ephemeral": True}))
    assert tally.current == "metropole:HostBaseline lac-bastion: role ssh"
    tally.take(event(diagnosticEvent={**said, "ephemeral": True, "message": ""}))
    tally.take(event(diagnosticEvent={**said, "ephemeral": True, "severity": "warning"}))
    assert tally.current.endswith("role ssh")
    report = tally.report(Outcome.SUCCEEDED)
    assert (report.failures, report.warnings) == ((), ())


def test_what_stands_after_the_turn_is_counted_by_type() -> None:
    tally = EventTally("s")
    for op, urn in (("create", "a"), ("same", "b"), ("refresh", "c"), ("update", "c"), ("same", "d"), ("delete", "d")):
        tally.take(step(op, urn))
    for op in ("create-replacement", "replace", "delete-replaced"):
        tally.take(step(op, "e"))
    tally.take(step("create", "component", custom=False))
    tally.take(step("create", "provider", type_="pulumi:providers:vsphere"))
    tally.take(step("read", "existing"))
    assert tally.report(Outcome.SUCCEEDED).by_type == {"vsphere:index/host:Host": 4}


def test_nothing_stands_after_a_destruction() -> None:
    tally = EventTally("s")
    for op, urn in (("refresh", "made"), ("refresh", "read"), ("delete", "made"), ("discard", "read")):
        tally.take(step(op, urn))
    assert tally.report(Outcome.SUCCEEDED).by_type == {}


def test_an_error_names_its_resource_and_keeps_the_providers_words() -> None:
    tally = EventTally("s")
    tally.take(diagnostic("<{%fg 1%}>error: <{%reset%}>the host refused the password\n"))
    tally.take(diagnostic("only a warning", severity="warning"))
    tally.take(diagnostic("update failed"))
    (failure,) = tally.report(Outcome.FAILED).failures
    assert failure.urn == URN
    assert "the host refused the password" in str(failure)
    assert "vsphere:Host lac-esxi-1" in str(failure)
    assert "<{%" not in str(failure)


def test_a_report_is_plain_json() -> None:
    report = EventTally("s").report(Outcome.FAILED, (Failure("no"),))
    assert report.as_json()["outcome"] == "failed"
    assert report.as_json()["failures"] == ({"message": "no", "urn": ""},)


def test_a_urn_is_shortened_to_what_a_person_recognises() -> None:
    assert resource_label(URN) == "vsphere:Host lac-esxi-1"
    assert resource_label("urn:pulumi:s::metropole::pulumi:pulumi:Stack::metropole-s") == "pulumi:Stack metropole-s"
    assert resource_label("nonsense") == "nonsense"
