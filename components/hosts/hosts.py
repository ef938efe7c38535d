"""What is inside every machine of a territory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.hosts.automation import Automation
from components.hosts.host_baseline import HostBaseline, HostBaselineArgs
from territory.hosts import hosts
from territory.inventory import host_groups, host_variables
from territory.model import Territory


@dataclass(frozen=True)
class HostsArgs:
    """What `Hosts` are made of."""

    automation: Automation
    """How they are reached."""
    territory: Territory
    """Declares them."""
    machine_ids: Mapping[str, pulumi.Input[str]]
    """Each host's virtual machine or instance, by its name. Example: `{"lac-bastion": "4221…"}`."""
    playbook_digest: str
    """What `playbooks.digest.playbook_digest` says of the playbooks that are to be applied."""


class Hosts(pulumi.ComponentResource):
    """Every host of a territory, hardened as its role and level ask."""

    names: Sequence[str]
    """Those that are hardened. Nothing of a host's own: one that fails would end the program for all."""

    def __init__(self, name: str, args: HostsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:Hosts", name, {}, opts)
        declared = hosts(args.territory)
        for host in declared:
            HostBaseline(
                f"{name}-{host.name}",
                HostBaselineArgs(
                    automation=args.automation,
                    host=host.name,
                    machine_id=args.machine_ids[host.name],
                    role=host.role,
                    level=host.level,
                    groups=host_groups(host),
                    variables=host_variables(args.territory, host),
                    playbook_digest=args.playbook_digest,
                    # Not a dependency: one host that fails would end the program for all behind it.
                    through=host.ways[0].jump,
                ),
                pulumi.ResourceOptions(parent=self),
            )
        self.names = tuple(host.name for host in declared)
        self.register_outputs({"hosts": list(self.names)})
