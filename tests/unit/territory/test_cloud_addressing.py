"""The cloud's part of the address plan: what it computes, that nothing meets, that nobody moves when others join."""

from __future__ import annotations

from ipaddress import IPv4Network, collapse_addresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory import addressing, cloud_addressing
from territory.loader import load_territory
from territory.model import Asset, CloudRegion, Datacenter, Placement, Territory, Zone

BORDEAUX = load_territory("bordeaux")
PARIS = BORDEAUX.cloud_regions[0]
LAC, PESSAC = BORDEAUX.datacenters
KEPT_BY_THE_PROVIDER = [IPv4Network(f"169.254.{n}.0/30") for n in range(6)] + [IPv4Network("169.254.169.252/30")]


def test_the_plan_in_figures() -> None:
    t = BORDEAUX
    service = next(service for service in t.services if service.id == "geographic-information")
    tiles = service.assets[0]
    assert str(cloud_addressing.zone_subnet(t, PARIS, Zone.ADMIN, "a")) == "10.49.0.0/22"
    assert str(cloud_addressing.zone_subnet(t, PARIS, Zone.DMZ, "b")) == "10.49.44.0/22"
    assert str(cloud_addressing.endpoint_subnet(t, PARIS, "b")) == "10.49.60.0/22"
    assert [
        (place.availability_zone, str(place.address))
        for place in (cloud_addressing.public_address(t, PARIS, service, tiles, replica) for replica in (1, 2))
    ] == [("a", "10.49.12.66"), ("b", "10.49.44.66")]
    assert [str(block) for block in cloud_addressing.public_blocks(t, PARIS, service, tiles)] == [
        "10.49.12.66/31",
        "10.49.44.66/31",
    ]
    assert str(cloud_addressing.tunnel_network(PARIS, LAC, 1)) == "169.254.64.136/30"
    assert str(cloud_addressing.tunnel_network(PARIS, PESSAC, 2)) == "169.254.64.148/30"
    assert cloud_addressing.cloud_asn(PARIS) == 64529
    assert (addressing.site_asn(LAC), addressing.site_asn(PESSAC)) == (64513, 64514)


def test_an_asset_has_no_address_where_it_does_not_run() -> None:
    service = next(service for service in BORDEAUX.services if service.id == "geographic-information")
    with pytest.raises(ValueError, match=r"^asset tiles of geographic-information has no replica 3 in cloud-paris$"):
        cloud_addressing.public_address(BORDEAUX, PARIS, service, service.assets[0], 3)
    with pytest.raises(ValueError, match=r"^asset server of geographic-information has no replica 1 in cloud-paris$"):
        cloud_addressing.public_address(BORDEAUX, PARIS, service, service.assets[1], 1)
    with pytest.raises(ValueError, match=r"^asset server of geographic-information does not run in cloud-paris$"):
        cloud_addressing.public_blocks(BORDEAUX, PARIS, service, service.assets[1])


def _region(number: int, zones: tuple[str, ...]) -> CloudRegion:
    return PARIS.model_copy(update={"id": f"region-{number}", "number": number, "zones": zones})


def _datacenter(number: int) -> Datacenter:
    return LAC.model_copy(update={"id": f"dc-{number}", "number": number})


@st.composite
def clouds(draw: st.DrawFn) -> Territory:
    """A territory with random regions, availability zones, datacenters and public assets."""
    letters = st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=8, unique=True).map(tuple)
    regions = [_region(n, draw(letters)) for n in draw(st.sets(st.integers(1, 15), min_size=1, max_size=4))]
    sites = [_datacenter(n) for n in draw(st.sets(st.integers(1, 15), min_size=2, max_size=6))]
    room = min(cloud_addressing.most_replicas(region) for region in regions)
    assets = [
        Asset(
            id=f"a-{n}",
            number=n,
            zone=draw(st.sampled_from(Zone)),
            sites=tuple(region.id for region in regions),
            placement=Placement.PUBLIC,
            replicas=draw(st.integers(1, room)),
        )
        for n in draw(st.sets(st.integers(1, 500), min_size=1, max_size=30))
    ]
    return BORDEAUX.model_copy(
        update={
            "cloud_regions": tuple(regions),
            "datacenters": tuple(sites),
            "services": (BORDEAUX.services[0].model_copy(update={"assets": tuple(assets)}),),
        }
    )


def _subnets(t: Territory) -> dict[tuple[str, ...], IPv4Network]:
    found: dict[tuple[str, ...], IPv4Network] = {}
    for region in t.cloud_regions:
        for letter in region.zones:
            found[region.id, letter, "endpoints"] = cloud_addressing.endpoint_subnet(t, region, letter)
            for zone in Zone:
                found[region.id, letter, zone] = cloud_addressing.zone_subnet(t, region, zone, letter)
    return found


def _tunnels(t: Territory) -> dict[tuple[str, str, int], IPv4Network]:
    return {
        (region.id, dc.id, tunnel): cloud_addressing.tunnel_network(region, dc, tunnel)
        for region in t.cloud_regions
        for dc in t.datacenters
        for tunnel in cloud_addressing.TUNNELS
    }


@given(clouds())
@settings(max_examples=80, deadline=None)
def test_nothing_meets(t: Territory) -> None:
    subnets = _subnets(t)
    assert len(set(subnets.values())) == len(subnets)
    for (region_id, *_), network in subnets.items():
        region = next(region for region in t.cloud_regions if region.id == region_id)
        assert network.prefixlen == cloud_addressing.SUBNET_PREFIX
        assert network.subnet_of(addressing.cloud_block(t, region))

    tunnels = _tunnels(t)
    assert len(set(tunnels.values())) == len(tunnels)
    for network in tunnels.values():
        assert network.prefixlen == 30
        assert network.subnet_of(IPv4Network("169.254.0.0/16"))
        assert not any(network.overlaps(kept) for kept in KEPT_BY_THE_PROVIDER)

    asns = [addressing.site_asn(dc) for dc in t.datacenters] + [cloud_addressing.cloud_asn(r) for r in t.cloud_regions]
    assert len(set(asns)) == len(asns)
    assert all(64512 <= asn <= 65534 for asn in asns)


@given(clouds())
@settings(max_examples=80, deadline=None)
def test_replicas_have_addresses_of_their_own_in_their_subnet(t: Territory) -> None:
    (service,) = t.services
    for region in t.cloud_regions:
        taken: set[object] = set()
        every = [
            block for asset in service.assets for block in cloud_addressing.public_blocks(t, region, service, asset)
        ]
        assert sum(block.num_addresses for block in collapse_addresses(every)) == 2 * len(every)
        for asset in service.assets:
            for replica in range(1, asset.replicas + 1):
                place = cloud_addressing.public_address(t, region, service, asset, replica)
                subnet = cloud_addressing.zone_subnet(t, region, asset.zone, place.availability_zone)
                assert place.address in subnet
                # The provider keeps the first four and the last.
                assert subnet[4] <= place.address < subnet[-1]
                assert place.address not in taken
                taken.add(place.address)
                blocks = cloud_addressing.public_blocks(t, region, service, asset)
                assert [place.address in block for block in blocks].count(True) == 1


@given(clouds(), st.data())
@settings(max_examples=60, deadline=None)
def test_nobody_moves_when_others_join(after: Territory, data: st.DataObject) -> None:
    (service,) = after.services

    def part(items: tuple[object, ...], least: int) -> tuple[object, ...]:
        order = data.draw(st.permutations(items))
        return tuple(order[: data.draw(st.integers(least, len(items)))])

    before = after.model_copy(
        update={
            "cloud_regions": part(after.cloud_regions, 1),
            "datacenters": part(after.datacenters, 1),
            "services": (service.model_copy(update={"assets": part(service.assets, 1)}),),
        }
    )
    assert _subnets(before).items() <= _subnets(after).items()
    assert _tunnels(before).items() <= _tunnels(after).items()
    region = before.cloud_regions[0]
    for asset in before.services[0].assets:
        first = cloud_addressing.public_address(before, region, before.services[0], asset, 1)
        assert first == cloud_addressing.public_address(after, region, service, asset, 1)


def test_a_zone_more_moves_no_subnet() -> None:
    wider = _region(PARIS.number, ("c", *PARIS.zones))
    t = BORDEAUX.model_copy(update={"cloud_regions": (wider,)})
    for zone in Zone:
        assert cloud_addressing.zone_subnet(t, wider, zone, "a") == cloud_addressing.zone_subnet(
            BORDEAUX, PARIS, zone, "a"
        )
