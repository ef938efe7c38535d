"""The cloud's small pure modules: tunnels, kinds of machines, names."""

from __future__ import annotations

import inspect

import pulumi_aws as aws
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.cloud.dns_records import DnsRecord, records
from components.cloud.instance_types import INSTANCE_TYPES, instance_type
from components.cloud.tunnel_parameters import tunnel_parameters
from components.user_data import public_user_data
from territory.loader import load_territory, territory_names
from territory.model import Asset
from tests.unit.components.clouds import cloud_territory
from tests.unit.components.example import example

TERRITORY = cloud_territory()
PARIS = TERRITORY.cloud_regions[0]
LAC = TERRITORY.datacenters[0]


def test_both_tunnels_are_made_of_what_is_strong_and_differ_in_their_addresses_only():
    parameters = tunnel_parameters(PARIS, LAC)
    first, second = (
        {key.removeprefix(f"tunnel{n}_"): value for key, value in parameters.items() if key.startswith(f"tunnel{n}_")}
        for n in (1, 2)
    )
    assert first.pop("inside_cidr") == "169.254.64.136/30"
    assert second.pop("inside_cidr") == "169.254.64.140/30"
    assert first == second
    assert first["ike_versions"] == ["ikev2"]
    assert {*first["phase1_encryption_algorithms"], *first["phase2_encryption_algorithms"]} == {"AES256-GCM-16"}
    assert min(*first["phase1_dh_group_numbers"], *first["phase2_dh_group_numbers"]) >= 20
    assert not [name for name in first["phase1_integrity_algorithms"] if name in {"SHA1", "SHA2-256"}]
    assert first["dpd_timeout_action"] == "restart"
    assert set(parameters) <= set(inspect.signature(aws.ec2.VpnConnectionArgs).parameters)


assets = st.builds(
    Asset,
    id=st.just("a"),
    number=st.just(1),
    zone=st.just("dmz"),
    sites=st.just(("paris",)),
    cpus=st.integers(1, 64),
    memory_mib=st.integers(256, 1_048_576),
)


@given(assets)
def test_every_asset_has_a_machine_that_is_enough_and_none_before_it_is(asset: Asset):
    names = [kind.name for kind in INSTANCE_TYPES]
    place = names.index(instance_type(asset))
    assert INSTANCE_TYPES[place].cpus >= asset.cpus
    assert INSTANCE_TYPES[place].memory_mib >= asset.memory_mib
    for smaller in INSTANCE_TYPES[:place]:
        assert smaller.cpus < asset.cpus or smaller.memory_mib < asset.memory_mib


def test_names_fail_over_in_the_order_of_an_assets_sites():
    assert [record for record in records(TERRITORY, PARIS) if record.name.endswith(".portal.example.internal")] == [
        DnsRecord("web.portal.example.internal", ("10.49.12.38",), "paris"),
        DnsRecord("db.portal.example.internal", ("10.1.32.160", "10.1.32.161"), "lac", "PRIMARY"),
        DnsRecord("db.portal.example.internal", ("10.2.32.160", "10.2.32.161"), "pessac", "SECONDARY"),
        DnsRecord("copy.portal.example.internal", ("10.49.8.42",), "paris"),
    ]


def test_what_runs_once_has_one_answer():
    (server,) = (record for record in records(TERRITORY, PARIS) if record.name.startswith("server.maps."))
    assert (server.failover, server.addresses) == (None, ("10.2.16.136",))


def test_three_datacenters_share_one_secondary():
    service = {
        "id": "water",
        "name": "Water",
        "owner": "water",
        "criticality": "vital",
        "assets": [{"id": "db", "number": 1, "zone": "data", "sites": ["merignac", "lac", "pessac"]}],
    }
    t = example(sites=3, services=[service])
    assert records(t, t.cloud_regions[0]) == (
        DnsRecord("db.water.example.internal", ("10.3.32.64",), "merignac", "PRIMARY"),
        DnsRecord("db.water.example.internal", ("10.1.32.64", "10.2.32.64"), "lac", "SECONDARY"),
    )


@pytest.mark.parametrize("name", territory_names())
def test_a_name_has_one_answer_or_a_primary_and_a_secondary(name: str):
    t = load_territory(name)
    by_name: dict[str, list[str | None]] = {}
    for record in records(t, t.cloud_regions[0]):
        by_name.setdefault(record.name, []).append(record.failover)
        assert record.addresses
        assert all(len(label) <= 63 for label in record.name.split("."))
    assert by_name
    assert all(answers in ([None], ["PRIMARY", "SECONDARY"]) for answers in by_name.values())


def test_a_public_machine_is_told_its_names_and_who_gets_in():
    told = public_user_data("paris-portal-web-1", "web.portal.example.internal", ["ssh-ed25519 AAAA"])
    assert told.startswith("#cloud-config\n{")
    assert '"hostname": "paris-portal-web-1"' in told
    assert '"fqdn": "web.portal.example.internal"' in told
    assert "ssh-ed25519 AAAA" in told
    assert '"ssh_pwauth": false' in told
