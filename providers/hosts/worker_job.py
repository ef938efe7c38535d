"""What a worker is given to do, and what it leaves to be done from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypedDict

from providers.hosts.outcome import Outcome, State

AUTHORITY = "authority.pem"
"""All that workers get of the authority of hosts' certificates."""
_AUTHORITY_KEY = "authority.key.pem"

WORKER_ENDED = "worker_ended"
"""The last event about a worker: `begun`, whether it was given the job, and `problem`, empty when it did all of it."""


class WorkerJob(TypedDict):
    """What is to be run where."""

    ssh_config: str
    worker: str
    """As in the ssh configuration."""
    playbooks: str
    """The directory of those that are sent."""
    authority: str | None
    """A file that is sent as `AUTHORITY`."""
    run: dict[str, Any]
    """The arguments of ansible-runner; `private_data_dir` is an empty directory here."""


def wants_signature(outcome: Outcome) -> bool:
    """Whether a host failed on a worker for want of the authority's key, which never leaves this machine."""
    return outcome.state is State.FAILED and _AUTHORITY_KEY in outcome.problem


def after(firsts: Mapping[str, Outcome], seconds: Mapping[str, Outcome]) -> dict[str, Outcome]:
    """What second runs came to, with what the first ones changed."""
    return {host: _after(firsts.get(host), second) for host, second in seconds.items()}


def _after(first: Outcome | None, second: Outcome) -> Outcome:
    if first is None:
        return second
    rules = tuple(dict.fromkeys((*first.rules, *second.rules)))
    return replace(second, changed=first.changed + second.changed, rules=rules)
