"""STATE-101: what holds state is protected in production, in every stack of the territory."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import (
    BACKUP_VAULT,
    BUCKET,
    COMPUTE_CLUSTER,
    DISTRIBUTED_SWITCH,
    EBS_VOLUME,
    ESXI_HOST,
    KMS_KEY,
    TABLE,
    TRAIL,
    VSPHERE_DATACENTER,
)
from policies.rule import TerritoryRule
from policies.subjects import PRODUCTION, Platform

HOLDS_STATE: Final = (
    BACKUP_VAULT,
    BUCKET,
    COMPUTE_CLUSTER,
    DISTRIBUTED_SWITCH,
    EBS_VOLUME,
    ESXI_HOST,
    KMS_KEY,
    TABLE,
    TRAIL,
    VSPHERE_DATACENTER,
)


def check(platform: Platform) -> Outcomes:
    """One production stack makes the whole territory one: a stack beside it that says otherwise protects nothing."""
    environments = {stack.environment for stack in platform.stacks}
    if PRODUCTION in environments:
        for stack in platform.stacks:
            if stack.environment not in (PRODUCTION, None):
                yield Problem(
                    f"is in the environment {stack.environment}, beside stacks in production",
                    subject=f"stack {stack.name}",
                )
    for resource in platform.of(*HOLDS_STATE):
        if resource.in_production and not resource.options.protect:
            yield Problem("holds state and is not protected", "options.protect", subject=resource.urn)


RULE = TerritoryRule(
    id="STATE-101",
    title="What holds state is protected in every production stack",
    severity=Severity.HIGH,
    rationale="One wrong rename replaces a resource; of a switch, a vault or a key nothing is left to replace it with.",
    remediation="Register it with protect=True in production, and give every stack of a territory one environment.",
    reads_no_value=True,
    check=check,
)
