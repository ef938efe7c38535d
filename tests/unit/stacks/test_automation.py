"""What a stack is told of the way to its hosts."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from components.hosts.automation import AutomationArgs
from stacks.automation import automation_provider, read_automation
from stacks.configuration import Configuration, SettingsError
from tests.unit.components.example import example
from tests.unit.components.recorder import deploy

PATHS = {"sshConfig": "/etc/metropole/ssh_config", "evidenceDirectory": "/var/lib/metropole/evidence"}


def _read(value: object) -> AutomationArgs | None:
    read: list[AutomationArgs | None] = []
    config = {} if value is None else {"metropole:automation": value}
    deploy(lambda: read.append(read_automation(Configuration())), stack="sandbox-hosts", config=config)
    return read[0]


def test_both_paths_are_enough():
    ssh_config, evidence_directory = PATHS.values()
    assert _read(PATHS) == AutomationArgs(ssh_config, evidence_directory)
    limits = {"forks": 8, "deadlineSeconds": 900, "failureBudget": 0}
    workers = {"lac": "lac-worker"}
    authority = "/etc/metropole/journal-authority"
    expected = AutomationArgs(ssh_config, evidence_directory, limits, authority, workers)
    assert _read({**PATHS, **limits, "journalAuthority": authority, "workers": workers}) == expected


def test_a_stack_without_hosts_needs_none():
    assert _read(None) is None


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            {"sshConfig": "/etc/metropole/ssh_config"},
            "metropole:automation.evidenceDirectory: is not set\n"
            "  remedy: pulumi config set --path 'metropole:automation.evidenceDirectory' /var/lib/metropole/evidence",
        ),
        (
            {**PATHS, "sshConfig": "ssh_config"},
            "metropole:automation.sshConfig: found 'ssh_config', expected an absolute path\n"
            "  remedy: pulumi config set --path 'metropole:automation.sshConfig' /etc/metropole/ssh_config",
        ),
        (
            {**PATHS, "forks": 0},
            "metropole:automation.forks: found 0, expected a whole number above 0\n"
            "  remedy: pulumi config set --path 'metropole:automation.forks' 32",
        ),
        (
            {**PATHS, "forks": True},
            "metropole:automation.forks: found True, expected a whole number above 0\n"
            "  remedy: pulumi config set --path 'metropole:automation.forks' 32",
        ),
        (
            {**PATHS, "failureBudget": -1},
            "metropole:automation.failureBudget: found -1, expected a whole number\n"
            "  remedy: pulumi config set --path 'metropole:automation.failureBudget' 32",
        ),
        (
            {**PATHS, "workers": {"lac": 3}},
            "metropole:automation.workers.lac: expected a text that is not empty\n"
            "  remedy: pulumi config set --path 'metropole:automation.workers.lac' VALUE",
        ),
        (
            {**PATHS, "identity": "/root/.ssh/id"},
            "metropole:automation.identity: is no such setting; expected sshConfig, evidenceDirectory, "
            "journalAuthority, deadlineSeconds, bootSeconds, forks, batchHosts, failureBudget, workers\n"
            "  remedy: pulumi config rm --path 'metropole:automation.identity'",
        ),
    ],
)
def test_a_mistake_names_its_key_and_the_command_that_mends_it(value: dict[str, Any], message: str):
    with pytest.raises(SettingsError) as caught:
        _read(value)
    assert str(caught.value) == f"{message} --stack sandbox-hosts"


def test_where_hosts_are_meant_the_way_to_them_has_to_be_said():
    with pytest.raises(pulumi.RunError) as caught:
        deploy(lambda: automation_provider(None, example()), stack="sandbox-hosts")
    assert str(caught.value) == (
        "metropole:automation: does not say how hosts are reached\n"
        "  remedy: pulumi config set --path 'metropole:automation.sshConfig' /etc/metropole/ssh_config "
        "--stack sandbox-hosts"
    )


def test_a_worker_is_of_a_site_that_the_territory_has():
    args = AutomationArgs("/etc/metropole/ssh_config", "/var/lib/evidence", workers={"dc-9": "dc-9-worker"})
    with pytest.raises(pulumi.RunError) as caught:
        deploy(lambda: automation_provider(args, example()), stack="sandbox-hosts")
    assert str(caught.value).startswith(
        "metropole:automation.workers.dc-9: is no such site; expected lac, pessac, paris\n"
    )
