from __future__ import annotations

import pulumi
import pytest

from components.hosts.automation import Automation, AutomationArgs
from components.hosts.host_baseline import HostBaseline, HostBaselineArgs
from territory.hosts import HardeningLevel, HostRole
from tests.unit.components.recorder import Recorder, deploy

DIGEST = "0" * 64


def _automation(**limits: int) -> Automation:
    workers = {"lac": "lac-worker"}
    return Automation("automation", AutomationArgs("/etc/ssh_config", "/var/lib/evidence", limits, workers=workers))


def _deploy(*, preview: bool = False) -> Recorder:
    def program() -> None:
        baseline = HostBaseline(
            "lac-bastion",
            HostBaselineArgs(
                automation=_automation(forks=4),
                host="lac-bastion",
                machine_id="4221-aa",
                role=HostRole.BASTION,
                level=HardeningLevel.ENHANCED,
                groups=["role_bastion"],
                variables={"host_role": "bastion", "firewall_openings": [{"port": None, "sources": ["10.1.0.3/32"]}]},
                playbook_digest=DIGEST,
            ),
        )
        pulumi.export("digest", baseline.applied_digest)
        pulumi.export("tasks", baseline.tasks)
        pulumi.export("changed", baseline.changed)
        pulumi.export("drift", baseline.drift)

    return deploy(program, preview=preview)


@pytest.mark.parametrize("preview", [False, True])
def test_what_the_provider_is_told(preview: bool):
    recorder = _deploy(preview=preview)
    assert recorder["automation"].type == "pulumi:providers:metropole"
    assert recorder["automation"].inputs == {
        "sshConfig": "/etc/ssh_config",
        "evidenceDirectory": "/var/lib/evidence",
        "forks": "4",
        "workers": '{"lac": "lac-worker"}',
    }
    host = recorder["lac-bastion"]
    assert (host.type, host.provider, host.custom) == ("metropole:hosts:HostBaseline", "automation", True)
    assert host.inputs == {
        "host": "lac-bastion",
        "machineId": "4221-aa",
        "role": "bastion",
        "level": "enhanced",
        "groups": ["role_bastion"],
        "variables": '{"firewall_openings": [{"port": null, "sources": ["10.1.0.3/32"]}], "host_role": "bastion"}',
        "playbookDigest": DIGEST,
    }


def test_what_it_says_of_the_host():
    said = ("appliedDigest", "tasks", "changed", "drift")
    assert set(_deploy().outputs.values()) == {f"lac-bastion:{name}" for name in said}
    assert set(_deploy(preview=True).outputs.values()) == {"unknown"}


def test_a_limit_that_is_none_is_refused():
    with pytest.raises(ValueError, match="no such limit: patience; there are deadlineSeconds, bootSeconds, forks"):
        deploy(lambda: _automation(patience=3))
