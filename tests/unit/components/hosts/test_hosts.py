from __future__ import annotations

import json

from components.hosts.automation import Automation, AutomationArgs
from components.hosts.hosts import Hosts, HostsArgs
from territory.hosts import hosts
from tests.unit.components.example import example
from tests.unit.components.recorder import Recorder, deploy

TERRITORY = example()


def _deploy(*, preview: bool = False) -> Recorder:
    def program() -> None:
        Hosts(
            "hosts",
            HostsArgs(
                automation=Automation("automation", AutomationArgs("/etc/ssh_config", "/var/lib/evidence")),
                territory=TERRITORY,
                machine_ids={host.name: f"machine-{host.name}" for host in hosts(TERRITORY)},
                playbook_digest="0" * 64,
            ),
        )

    return deploy(program, preview=preview)


def test_every_host_has_a_baseline_on_its_machine():
    baselines = {baseline.inputs["host"]: baseline for baseline in _deploy(preview=True).of("HostBaseline")}
    assert set(baselines) == {host.name for host in hosts(TERRITORY)}
    for host in hosts(TERRITORY):
        baseline = baselines[host.name]
        assert baseline.name == f"hosts-{host.name}"
        assert (baseline.parent, baseline.provider) == ("hosts", "automation")
        assert baseline.inputs["machineId"] == f"machine-{host.name}"
        assert (baseline.inputs["role"], baseline.inputs["level"]) == (host.role, host.level)
        told = json.loads(baseline.inputs["variables"])
        assert (told["host_role"], told["host_level"]) == (host.role, host.level)
        assert f"site_{host.site}" in baseline.inputs["groups"]


def test_what_is_behind_another_host_says_so_and_depends_on_none():
    """A failed dependency would end the program: nobody would be told of the other hosts."""
    recorder = _deploy()
    for host in hosts(TERRITORY):
        baseline = recorder[f"hosts-{host.name}"]
        assert baseline.inputs.get("through") == host.ways[0].jump
        assert not [each for each in baseline.depends_on if each.startswith("hosts-")]
