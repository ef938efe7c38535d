"""One host, hardened by Ansible and kept so."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components.hosts.automation import Automation
from territory.hosts import HardeningLevel, HostRole


@dataclass(frozen=True)
class HostBaselineArgs:
    """What a `HostBaseline` is made of."""

    automation: Automation
    """How it is reached."""
    host: str
    """Its name in the ssh configuration, one DNS label. Example: `lac-bastion`."""
    machine_id: pulumi.Input[str]
    """UUID of the virtual machine, or id of the instance: on another machine everything is done anew."""
    role: HostRole
    """What it is there for."""
    level: HardeningLevel
    """The level of ANSSI-BP-028 it is hardened to."""
    groups: Sequence[str]
    """Ansible's groups that it is in. Example: `role_bastion`."""
    variables: Mapping[str, Any]
    """What the roles are told of it: plain values, no secrets, no templates."""
    playbook_digest: str
    """What `playbooks.digest.playbook_digest` says of the playbooks that are to be applied."""
    through: str | None = None
    """The host it is reached through: while that one is being hardened, this one waits. Example: `lac-bastion`."""


class HostBaseline(pulumi.CustomResource):
    """A host that is as the playbook and its variables say.

    Creating and updating it apply the playbook, a preview asks in check mode, a refresh finds what was changed by hand
    (`drift`), and deleting it forgets the host and leaves it alone.
    """

    def __init__(self, name: str, args: HostBaselineArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        properties: dict[str, Any] = {
            "host": args.host,
            "machineId": args.machine_id,
            "role": args.role.value,
            "level": args.level.value,
            "groups": list(args.groups),
            # As text: of a mapping, the SDK would leave out what is null, at any depth.
            "variables": json.dumps(args.variables, sort_keys=True, ensure_ascii=False),
            "playbookDigest": args.playbook_digest,
            "through": args.through,
            "appliedDigest": None,
            "tasks": None,
            "changed": None,
            "drift": None,
        }
        options = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(provider=args.automation))
        super().__init__("metropole:hosts:HostBaseline", name, properties, options)

    @property
    def applied_digest(self) -> pulumi.Output[str]:
        """Digest of all that was applied to it; empty after a run that failed halfway."""
        return pulumi.get(self, "appliedDigest")

    @property
    def tasks(self) -> pulumi.Output[int]:
        """How many tasks the last run did on it."""
        return pulumi.get(self, "tasks")

    @property
    def changed(self) -> pulumi.Output[int]:
        """How many of them had to change something."""
        return pulumi.get(self, "changed")

    @property
    def drift(self) -> pulumi.Output[Sequence[str]]:
        """The rules that did not hold any more at the last refresh. Example: `["R33"]`."""
        return pulumi.get(self, "drift")
