"""The layer `hosts`: what is inside the machines of all other layers."""

from __future__ import annotations

from components.hosts.hosts import Hosts, HostsArgs
from playbooks.digest import playbook_digest
from stacks.automation import automation_provider
from stacks.outputs import HostsOutputs, machine_id
from stacks.references import Upstream
from stacks.settings import Settings
from territory.hosts import hosts
from territory.model import Territory


def deploy(territory: Territory, settings: Settings) -> HostsOutputs:
    """Declare what is inside every host of the territory, each on the machine that stands for it."""
    declared = hosts(territory)
    stacks = dict.fromkeys((host.layer, host.part) for host in declared)
    upstream = {stack: Upstream(territory, *stack) for stack in stacks}
    made = Hosts(
        "hosts",
        HostsArgs(
            automation=automation_provider(settings.automation, territory),
            territory=territory,
            machine_ids={host.name: machine_id(upstream[host.layer, host.part], host) for host in declared},
            playbook_digest=playbook_digest(),
        ),
    )
    return HostsOutputs(made.names)
