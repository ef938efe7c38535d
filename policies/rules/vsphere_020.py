"""VSPHERE-020: what a guest writes stays, and can be backed up."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity, each
from policies.resource_types import VSPHERE_VIRTUAL_MACHINE
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.values import Node

UNFIT_MODES: Final = {
    "append": "drops what was written when the guest is powered off",
    "independent_nonpersistent": "drops what was written when the guest is powered off",
    "independent_persistent": "is left out of snapshots, hence of the backups made from them",
    "nonpersistent": "drops what was written when the guest is powered off",
    "undoable": "drops what was written when somebody answers so at power off",
}


def check(resource: Resource) -> Outcomes:
    """Look at the mode of each disk and at who shares it."""
    yield from each(resource["disks"].items, lambda disk: each((_mode, _sharing), lambda judge: judge(disk)))


def _mode(disk: Node) -> Outcomes:
    reason = UNFIT_MODES.get(disk["diskMode"].text())
    if reason is not None:
        yield Problem(reason, disk["diskMode"].path)


def _sharing(disk: Node) -> Outcomes:
    if disk["diskSharing"].text() == "sharingMultiWriter":
        yield Problem("is written by several guests at once, which no snapshot can hold", disk["diskSharing"].path)


RULE = ResourceRule(
    id="VSPHERE-020",
    title="What a guest writes stays, and can be backed up",
    severity=Severity.HIGH,
    types=(VSPHERE_VIRTUAL_MACHINE,),
    rationale="Logs and data on such a disk are gone after a power cycle, or missing from the backup that was to "
    "save them.",
    remediation="Leave diskMode at persistent and diskSharing at sharingNone; share through a file or database "
    "service.",
    check=check,
)
