"""What an API holds for a guest, as files for cloud-init: whatever it holds, it stays data."""

from __future__ import annotations

import base64
import gzip
import json
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.user_data import Address, extra_config
from twin.hosts.seed import LONGEST_DOCUMENT, SeedError, guestinfo_seed, instance_seed, router_of


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_what_a_component_tells_a_guest_arrives_whole() -> None:
    card = Address("00:50:56:01:00:02", IPv4Interface("10.1.0.2/20"), IPv4Address("10.1.0.1"))
    files = guestinfo_seed(extra_config("lac-bastion", [card], ["ssh-ed25519 AAAA automation"]))
    assert json.loads(files["meta-data"]) == {"instance-id": "lac-bastion", "local-hostname": "lac-bastion"}
    network = json.loads(files["network-config"])
    assert network["ethernets"]["nic0"]["addresses"] == ["10.1.0.2/20"]
    assert network["ethernets"]["nic0"]["routes"] == [{"to": "0.0.0.0/0", "via": "10.1.0.1"}]
    assert files["user-data"].startswith("#cloud-config\n")
    assert "ssh-ed25519 AAAA automation" in files["user-data"]


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_any_text_stays_the_text_it_was(text: str) -> None:
    metadata = json.dumps({"local-hostname": text})
    files = guestinfo_seed(
        {
            "guestinfo.metadata": encoded(metadata),
            "guestinfo.metadata.encoding": "base64",
            "guestinfo.userdata": encoded(text),
            "guestinfo.userdata.encoding": "base64",
        }
    )
    assert json.loads(files["meta-data"]) == {"local-hostname": text}
    assert files["user-data"] == text
    assert set(files) == {"meta-data", "user-data"}


def test_metadata_may_be_yaml_and_packed() -> None:
    packed = base64.b64encode(gzip.compress(b"local-hostname: lac-bastion\n")).decode()
    files = guestinfo_seed({"guestinfo.metadata": packed, "guestinfo.metadata.encoding": "gzip+base64"})
    assert json.loads(files["meta-data"]) == {"local-hostname": "lac-bastion"}


def test_a_machine_that_is_told_nothing_has_empty_files() -> None:
    assert guestinfo_seed({}) == {"meta-data": "{}", "user-data": ""}


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"guestinfo.userdata": "%%%", "guestinfo.userdata.encoding": "base64"}, "userdata is not base64"),
        ({"guestinfo.userdata": "eA==", "guestinfo.userdata.encoding": "rot13"}, "unknown encoding 'rot13'"),
        ({"guestinfo.userdata": "/w==", "guestinfo.userdata.encoding": "base64"}, "userdata is not base64"),
        ({"guestinfo.userdata": "eA==", "guestinfo.userdata.encoding": "gzip+base64"}, "userdata is not gzip"),
        ({"guestinfo.metadata": "{"}, "neither JSON nor YAML"),
        ({"guestinfo.metadata": "[1]"}, "no mapping"),
        ({"guestinfo.metadata": "a: !!python/object/apply:os.system [id]"}, "neither JSON nor YAML"),
        ({"guestinfo.userdata": "x" * (LONGEST_DOCUMENT + 1)}, "longer than"),
    ],
)
def test_what_cannot_be_read_is_named(told: dict[str, str], why: str) -> None:
    with pytest.raises(SeedError, match=why):
        guestinfo_seed(told)


def test_what_unpacks_to_too_much_is_refused_before_it_is_held() -> None:
    bomb = base64.b64encode(gzip.compress(bytes(64 * LONGEST_DOCUMENT))).decode()
    with pytest.raises(SeedError, match="longer than"):
        guestinfo_seed({"guestinfo.userdata": bomb, "guestinfo.userdata.encoding": "gzip+base64"})


def test_an_instance_gets_the_answer_a_cloud_gives_by_dhcp() -> None:
    files = instance_seed("i-0a", encoded("#cloud-config\n{}"), "02:00:00:00:00:01", IPv4Interface("10.48.12.22/22"))
    card = json.loads(files["network-config"])["ethernets"]["nic0"]
    assert card["match"] == {"macaddress": "02:00:00:00:00:01"}
    assert card["addresses"] == ["10.48.12.22/22"]
    assert card["routes"] == [{"to": "0.0.0.0/0", "via": "10.48.12.1"}]
    assert json.loads(files["meta-data"]) == {"instance-id": "i-0a"}
    assert str(router_of(IPv4Network("10.48.12.0/22"))) == "10.48.12.1/22"
