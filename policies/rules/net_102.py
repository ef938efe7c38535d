"""NET-102: each commune reaches each datacenter over two paths, in the plan as in the declaration."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.planned_network import PlannedNetwork
from policies.rule import TerritoryRule
from policies.subjects import Platform
from territory.checks.reach import check_communes


def check(platform: Platform) -> Outcomes:
    """Follow each commune's planned router over its planned access port groups, after each single loss."""
    network = PlannedNetwork(platform)
    already = len(network.problems)
    communes = tuple(network.commune(commune) for commune in platform.territory.communes)
    yield from network.problems[already:]
    for commune in communes:
        paths = {each.path for each in network.territory.access_networks if each.id in commune.access}
        if len(paths) < 2:
            named = ", ".join(sorted(paths)) or "none"
            yield Problem(f"is planned on fewer than two paths: {named}", subject=f"commune {commune.insee}")
    for violation in check_communes(network.territory.model_copy(update={"communes": communes})):
        yield Problem(f"as planned, {violation.message}", subject=f"territory {platform.territory.name}")


RULE = TerritoryRule(
    id="NET-102",
    title="Each commune reaches each datacenter over two paths",
    severity=Severity.HIGH,
    rationale="A commune on one fibre loses its town hall, its sensors and its emergency calls with that fibre.",
    remediation="Give the commune's router a card in the port group of two access networks whose activeUplinks are "
    "different paths, with the VLAN of the border router's end.",
    check=check,
)
