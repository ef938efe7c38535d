"""VSPHERE-028: a host is managed over a card that carries nothing else."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import VSPHERE_VNIC
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at what the host does over one of its own interfaces."""
    services = [service.text() for service in resource["services"].items]
    if "management" in services and len(services) > 1:
        others = ", ".join(sorted(set(services) - {"management"}))
        yield Problem(f"carries {others} beside management", "services")


RULE = ResourceRule(
    id="VSPHERE-028",
    title="A host is managed over an interface that carries nothing else",
    severity=Severity.MEDIUM,
    types=(VSPHERE_VNIC,),
    rationale="vMotion carries guests' memory in the clear and fills a link: it belongs where no administrator's "
    "session is, and where its load cuts none off.",
    remediation="Make a Vnic for each of management, vmotion and vsan, each on a port group and VLAN of its own.",
    check=check,
)
