"""The small pure modules: uplinks, capacity, inventory, tag vocabulary."""

from __future__ import annotations

from components.datacenters.capacity import POOL_SHARES, hosts_to_survive_without
from components.datacenters.inventory import Folder, feed_group_name, service_folder
from components.datacenters.site import Category
from components.datacenters.tags import vocabulary
from components.datacenters.uplinks import interconnect_uplinks
from territory.model import Criticality
from tests.unit.components.example import example

TERRITORY = example()
LAC = TERRITORY.datacenters[0]


def test_only_paths_that_reach_a_site_get_an_uplink():
    assert interconnect_uplinks(TERRITORY, LAC) == {"ring": "vmnic2", "north": "vmnic3", "south": "vmnic4"}
    assert interconnect_uplinks(TERRITORY, TERRITORY.datacenters[1]) == {"north": "vmnic2", "south": "vmnic3"}


def test_a_cluster_survives_its_most_loaded_feed():
    assert [host.feed for host in LAC.hosts] == ["feed-a", "feed-b", "feed-a"]
    assert hosts_to_survive_without(LAC.hosts) == 2


def test_shares_fall_with_criticality():
    assert [POOL_SHARES[criticality] for criticality in Criticality] == [8000, 4000, 2000, 1000]


def test_folders_come_after_their_parents():
    seen: set[Folder] = set()
    for folder in Folder:
        assert folder.parent is None or folder.parent in seen
        seen.add(folder)
    assert Folder.ACCESS.parent is Folder.PLATFORM
    assert Folder.ACCESS.slug == "platform-access"
    assert service_folder(TERRITORY.services[0]) == "services/water"
    assert feed_group_name(LAC, "feed-a") == "lac-feed-a"


def test_the_vocabulary_follows_the_territory():
    assert vocabulary(TERRITORY) == {
        Category.COMMUNE: {"33063": "Bordeaux"},
        Category.SERVICE: {"water": "Drinking water", "registry": "Civil registry"},
        Category.CRITICALITY: {
            "vital": "Vital to the territory",
            "essential": "Essential to the territory",
            "important": "Important to the territory",
            "standard": "Standard to the territory",
        },
        Category.PLACEMENT: {
            "private": "On the territory's own hosts",
            "public": "At a public cloud provider",
        },
    }
