"""The layer `hosts`: what is inside the machines of all other layers."""

from __future__ import annotations

from components.hosts.host_baseline import HostBaseline, HostBaselineArgs
from playbooks.digest import playbook_digest
from stacks.automation import automation_provider
from stacks.outputs import HostsOutputs, machine_id
from stacks.references import Upstream
from stacks.settings import Settings
from territory.hosts import hosts
from territory.inventory import host_groups, host_variables
from territory.model import Territory


def deploy(territory: Territory, settings: Settings) -> HostsOutputs:
    """Declare the baseline of every host of the territory, each on the machine that stands for it."""
    automation = automation_provider(settings.automation)
    digest = playbook_digest()
    declared = hosts(territory)
    stacks = dict.fromkeys((host.layer, host.part) for host in declared)
    upstream = {stack: Upstream(territory, *stack) for stack in stacks}
    baselines = {
        host.name: HostBaseline(
            host.name,
            HostBaselineArgs(
                automation=automation,
                host=host.name,
                machine_id=machine_id(upstream[host.layer, host.part], host),
                role=host.role,
                level=host.level,
                groups=host_groups(host),
                variables=host_variables(territory, host),
                playbook_digest=digest,
            ),
        )
        for host in declared
    }
    return HostsOutputs({name: baseline.applied_digest for name, baseline in baselines.items()})
