"""What a first hop lets through."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from twin.hosts.wires import forwarding

SITES = st.sampled_from(["lac", "pessac", "third", ""])


def allowed(rules: str) -> set[tuple[str, str]]:
    """Every (from, to) that a rule accepts."""
    found: set[tuple[str, str]] = set()
    for inside, outside in re.findall(r"iifname \{ (.*) \} oifname \{ (.*) \} accept", rules):
        found |= {(a, b) for a in inside.split(", ") for b in outside.split(", ")}
    return found


@given(st.lists(SITES, max_size=12))
def test_traffic_stays_in_its_site_or_goes_to_and_from_the_cloud(sites: list[str]) -> None:
    bridges = [(site, f"b{number}") for number, site in enumerate(sites)]
    expected = {(a, b) for one, a in bridges for other, b in bridges if one == other or "" in (one, other)}
    assert allowed(forwarding(bridges)) == expected


def test_everything_else_is_dropped() -> None:
    rules = forwarding([("lac", "b0")])
    assert "policy drop" in rules
    assert rules.count("accept") == 1
    assert rules.startswith("table inet fabric\nflush table inet fabric\n")
