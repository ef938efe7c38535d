"""NET-101: in the plan as in the declaration, no single loss parts two datacenters."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.planned_network import PlannedNetwork
from policies.rule import TerritoryRule
from policies.subjects import Platform
from territory.checks.reach import check_datacenters


def check(platform: Platform) -> Outcomes:
    """Compute from planned cards, port groups and uplinks what is left after each single loss."""
    network = PlannedNetwork(platform)
    yield from network.problems
    for violation in check_datacenters(network.territory):
        yield Problem(f"as planned, {violation.message}", subject=f"territory {platform.territory.name}")


RULE = TerritoryRule(
    id="NET-101",
    title="Datacenters stay joined when any one router, circuit, path, carrier or feed is lost",
    severity=Severity.CRITICAL,
    rationale="Circuits that look like two and ride one fibre die together, and vital services are cut in half.",
    remediation="Give each circuit a port group at both ends with one uplink, activeUplinks: [its path], and each "
    "border router a card in the port group of each of its circuits.",
    check=check,
)
