from __future__ import annotations

import re

import pytest

from territory import edge
from territory.loader import load_territory

TERRITORIES = ("bordeaux", "sandbox")


@pytest.mark.parametrize("name", TERRITORIES)
def test_every_edge_site_is_in_the_fleet_of_one_sector(name: str):
    t = load_territory(name)
    placed = [site.id for sector in t.sectors for site in edge.sites_of_sector(t, sector.id)]

    assert sorted(placed) == sorted(site.id for site in t.edge_sites)


def test_bordeaux_has_a_fleet_of_a_real_size():
    t = load_territory("bordeaux")

    for commune in t.communes:
        assert sum(site.commune == commune.insee for site in t.edge_sites) >= 4
    assert {site.kind for site in t.edge_sites} == {"lamp-post", "pumping-station", "crossing"}
    assert all(len(site.services) > 1 for site in t.edge_sites if site.kind == "lamp-post")


@pytest.mark.parametrize("name", TERRITORIES)
def test_names_are_such_as_the_provider_takes(name: str):
    t = load_territory(name)
    things = [edge.thing_name(t, site) for site in t.edge_sites]
    rules = [edge.rule_name(t, service) for service in edge.fed_services(t)]
    others = [edge.role_name(t, kind) for kind in edge.kinds(t)] + [edge.group_name(t, s.id) for s in t.sectors]

    assert len({*things, *others}) == len(things) + len(others)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,128}", each) for each in [*things, *others])
    assert all(re.fullmatch(r"[A-Za-z0-9_]{1,128}", rule) for rule in rules)
    assert len(set(rules)) == len(rules)
