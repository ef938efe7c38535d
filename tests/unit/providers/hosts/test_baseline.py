"""Which inputs are refused, and what a digest depends on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from providers.hosts.baseline import CONTENT, IDENTITY, Baseline, failures, is_known
from providers.logic import Properties
from providers.values import UNKNOWN, property_value
from tests.unit.providers.hosts.ground import inputs, plain_inputs


def _refusals(**changes: Any) -> dict[str, str]:
    return {failure.property: failure.reason for failure in failures(inputs(**changes))}


def test_what_a_program_declares_is_accepted():
    assert _refusals() == {}
    checked = Baseline.of(inputs())
    assert (checked.host, checked.groups) == ("lac-bastion", ("role_bastion", "level_enhanced"))
    assert checked.variables == {"host_level": "enhanced", "ssh_sources": ["10.1.0.3/32"]}


@pytest.mark.parametrize(
    ("changes", "where", "reason"),
    [
        ({"host": "lac;reboot"}, "host", "expected one DNS label"),
        ({"host": "-oProxyCommand=reboot"}, "host", "expected one DNS label"),
        ({"host": "a" * 64}, "host", "expected one DNS label"),
        ({"machineId": ""}, "machineId", "expected the UUID"),
        ({"role": "bastoin"}, "role", "expected one of bastion, border-router, commune-router, service, public"),
        ({"level": "high"}, "level", "expected one of intermediary, enhanced"),
        ({"groups": "role_bastion"}, "groups", "expected a list of groups"),
        ({"groups": ["role_bastion", "x y"]}, "groups[1]", "expected small letters"),
        ({"variables": "{"}, "variables", "is no JSON"),
        ({"variables": "[1]"}, "variables", "expected the text of a JSON object"),
        ({"variables": {"host_level": "enhanced"}}, "variables", "expected the text of a JSON object"),
        ({"variables": '{"a b": 1}'}, "variables", "found a variable 'a b'"),
        (
            {"variables": '{"ansible_host": "10.0.0.1"}'},
            "variables.ansible_host",
            "which only the ssh configuration does",
        ),
        (
            {"variables": json.dumps({"banner": [{"x": "{{ lookup('pipe', 'id') }}"}]})},
            "variables.banner",
            "holds a template",
        ),
        ({"through": "a b"}, "through", "expected one DNS label"),
        ({"playbookDigest": "abc"}, "playbookDigest", "expected a SHA-256 digest"),
        ({"timeout": 3}, "timeout", "has no such input"),
    ],
)
def test_what_no_run_could_use_is_refused(changes: dict[str, Any], where: str, reason: str):
    refused = _refusals(**changes)
    assert list(refused) == [where]
    assert reason in refused[where]


@pytest.mark.parametrize("name", [*IDENTITY, *CONTENT])
def test_every_input_is_required_and_may_be_unknown_and_no_secret(name: str):
    without: Properties = {key: value for key, value in inputs().items() if key != name}
    assert [(failure.property, failure.reason) for failure in failures(without)] == [(name, "is required")]
    assert list(failures({**inputs(), name: UNKNOWN})) == []
    assert not is_known({**inputs(), name: UNKNOWN})
    secret = property_value(plain_inputs()[name], secret=True)
    (refused,) = failures({**inputs(), name: secret})
    assert (refused.property, "holds a secret" in refused.reason) == (name, True)


def test_a_digest_follows_what_is_applied_and_nothing_else():
    digest = Baseline.of(inputs()).digest
    assert Baseline.of(inputs(machineId="4221-bb")).digest == digest
    assert Baseline.of(inputs("pessac-bastion")).digest == digest
    changes: dict[str, Any] = {
        "role": "service",
        "level": "intermediary",
        "groups": ["role_bastion"],
        "variables": "{}",
        "playbookDigest": "1" * 64,
    }
    others = {Baseline.of(inputs(**{name: value})).digest for name, value in changes.items()}
    assert len(others) == len(CONTENT)
    assert digest not in others
