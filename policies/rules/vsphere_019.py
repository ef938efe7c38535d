"""VSPHERE-019: a guest that can check what it boots does."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, given
from policies.resource_types import VSPHERE_VIRTUAL_MACHINE
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at guests with UEFI; an old BIOS, the default, has nothing to check with."""

    def judge() -> Outcomes:
        if not resource["efiSecureBootEnabled"].truth():
            yield Problem("boots by UEFI and takes any loader", "efiSecureBootEnabled")

    yield from given(lambda: resource["firmware"].text() == "efi", judge)


RULE = ResourceRule(
    id="VSPHERE-019",
    title="A guest that can check what it boots does",
    severity=Severity.MEDIUM,
    types=(VSPHERE_VIRTUAL_MACHINE,),
    rationale="A changed loader or kernel survives reinstalling everything above it, and nothing above can see it.",
    remediation="Set efiSecureBootEnabled to true beside firmware efi.",
    check=check,
)
