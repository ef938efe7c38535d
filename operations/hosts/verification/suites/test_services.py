"""What runs, and what must not."""

from __future__ import annotations

import pytest

from operations.hosts.verification.services import REQUIRED, UNNEEDED
from operations.hosts.verification.subject import Subject, hold, rule


def _must_run(subject: Subject, unit: str) -> None:
    found = subject.facts["units"].get(unit, {})
    if found.get("ActiveState") != "active" and found.get("UnitFileState") == "enabled":
        tried = found.get("ConditionTimestampMonotonic", "0") != "0"
        if tried and found.get("ConditionResult") == "no":
            subject.needs_own_kernel(f"{unit}: it does not start there")
    assert found.get("LoadState") == "loaded", f"{unit} is {found.get('LoadState', 'unknown')}"
    assert found.get("ActiveState") == "active", f"{unit} is {found.get('ActiveState')}"
    assert found.get("UnitFileState") in {"enabled", "static"}, (
        f"{unit} is {found.get('UnitFileState')}: it will not start"
    )


def _parameter(unit: str) -> object:
    return pytest.param(unit, marks=rule(*REQUIRED[unit]), id=unit)


@pytest.mark.parametrize("unit", [_parameter(unit) for unit in REQUIRED])
def test_what_protects_the_host_runs(subject: Subject, unit: str) -> None:
    _must_run(subject, unit)


@rule("R62")
@pytest.mark.parametrize("unit", UNNEEDED)
def test_what_nobody_needs_does_not_run(subject: Subject, unit: str) -> None:
    found = subject.facts["units"].get(unit, {})
    assert found.get("ActiveState", "inactive") != "active", f"{unit} runs"
    assert found.get("UnitFileState") not in {"enabled", "enabled-runtime"}, f"{unit} starts with the host"


@rule("R62")
def test_nothing_has_failed(subject: Subject) -> None:
    hold(f"{unit} has failed" for unit in subject.facts["failed"])


@rule("R63", "R64")
@pytest.mark.parametrize("unit", ["unattended-upgrades.service"])
def test_services_give_rights_away(subject: Subject, unit: str) -> None:
    found = subject.facts["units"].get(unit, {}).get("NoNewPrivileges")
    assert found == "yes", f"{unit} may gain rights"


@rule("R74")
def test_no_mail_server_listens(subject: Subject) -> None:
    hold(
        f"{' '.join(each['programs'])} listens on {each['address']}:{each['port']}"
        for each in subject.facts["sockets"]
        if each["protocol"] == "tcp" and each["port"] in {"25", "465", "587"}
    )
