"""How hosts are reached, as the provider that each of them names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi


@dataclass(frozen=True)
class AutomationArgs:
    """What an `Automation` is made of."""

    ssh_config: str
    """Absolute path of an ssh configuration that knows every host by its name. Example: `/etc/metropole/ssh_config`."""
    evidence_directory: str
    """Absolute path of the directory in which each run leaves its log. Example: `/var/lib/metropole/evidence`."""
    limits: Mapping[str, int] = field(default_factory=dict[str, int])
    """Of `LIMITS`, those that are not to be the provider's own."""
    journal_authority: str | None = None
    """Absolute path of the directory with the authority that hosts' certificates are from, for sending journals;
    without one journals stay on their hosts. Example: `/etc/metropole/journal-authority`."""
    workers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Site to the host, as in the ssh configuration, that runs Ansible for the site's hosts.

    Example: `{"lac": "lac-worker"}`.
    """


LIMITS: Mapping[str, str] = {
    "deadlineSeconds": "the longest that one run may take, however many hosts it is for (600)",
    "bootSeconds": "the longest that a host just made may take to answer (180)",
    "forks": "how many hosts are worked on at a time (32)",
    "batchHosts": "how many hosts one run that changes them is for (32)",
    "failureBudget": "how many hosts may fail, after which no other is begun (3)",
}
"""What may be limited; in brackets what holds otherwise."""
MAY_BE_NONE = frozenset({"failureBudget"})
"""Of these, those that may be 0."""


class Automation(pulumi.ProviderResource):
    """The provider of the package `metropole`: it runs Ansible, once for all hosts that are asked for together."""

    def __init__(self, name: str, args: AutomationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        unknown = args.limits.keys() - LIMITS.keys()
        if unknown:
            raise ValueError(f"no such limit: {', '.join(sorted(unknown))}; there are {', '.join(LIMITS)}")
        inputs = {
            "sshConfig": args.ssh_config,
            "evidenceDirectory": args.evidence_directory,
            "journalAuthority": args.journal_authority,
            # A provider's configuration is text: what is none goes as its JSON.
            **{name: str(limit) for name, limit in args.limits.items()},
        }
        if args.workers:
            inputs["workers"] = json.dumps(dict(args.workers), sort_keys=True)
        super().__init__("metropole", name, inputs, opts)
