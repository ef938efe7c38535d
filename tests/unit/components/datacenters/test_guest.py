from __future__ import annotations

from ipaddress import IPv4Interface

import pulumi
import pytest

from components.datacenters.guest import Guest, GuestArgs, NetworkCard
from components.datacenters.site import Category
from components.user_data import Address, extra_config
from territory.model import Criticality
from tests.unit.components.example import example
from tests.unit.components.recorder import deploy
from tests.unit.components.standing import provider, standing_site

ADDRESS = Address("00:50:56:01:00:02", IPv4Interface("10.1.0.2/20"))


def _program(protect: bool = False, opts: pulumi.ResourceOptions | None = None) -> Guest:
    return Guest(
        "one",
        GuestArgs(
            provider=provider("lac"),
            site=standing_site(example(), "lac"),
            hostname="lac-one",
            folder="platform/access",
            criticality=Criticality.ESSENTIAL,
            cards=[NetworkCard("lac:admin", ADDRESS)],
            cpus=2,
            memory_mib=1024,
            tags={Category.SERVICE: "water", Category.CRITICALITY: "essential"},
            authorized_keys=["ssh-ed25519 AAAA"],
            protect=protect,
        ),
        opts,
    )


@pytest.mark.parametrize("preview", [False, True])
def test_one_machine_with_everything_it_needs(preview: bool):
    recorder = deploy(_program, preview=preview)

    assert recorder["one-vm"].inputs == {
        "name": "lac-one",
        "folder": "platform/access",
        "resourcePoolId": "lac:essential",
        "datastoreId": "lac:datastore",
        "numCpus": 2,
        "memory": 1024,
        "guestId": "debian12_64Guest",
        "firmware": "efi",
        "efiSecureBootEnabled": True,
        "disks": [{"label": "disk0", "size": 8, "unitNumber": 0, "thinProvisioned": True}],
        "networkInterfaces": [
            {
                "networkId": "lac:admin",
                "adapterType": "vmxnet3",
                "useStaticMac": True,
                "macAddress": "00:50:56:01:00:02",
            }
        ],
        "clone": {"templateUuid": "lac:template"},
        "extraConfig": extra_config("lac-one", [ADDRESS], ["ssh-ed25519 AAAA"]),
        "tags": ["lac:service:water", "lac:criticality:essential"],
        "waitForGuestNetTimeout": 0,
    }
    assert recorder["one-vm"].parent == "one"
    assert recorder["one-vm"].provider == "vcenter-lac"
    assert not recorder["one-vm"].protect
    assert recorder.finished.count("one") == 1


def test_what_holds_state_is_protected():
    assert deploy(lambda: _program(protect=True))["one-vm"].protect


def test_the_callers_options_reach_the_component_and_no_child():
    opts = pulumi.ResourceOptions(aliases=[pulumi.Alias(name="former")], protect=True)
    recorder = deploy(lambda: _program(opts=opts))

    assert recorder["one"].aliases == ("former",)
    assert recorder["one"].protect
    # The engine itself hands a component's protection down; only what the component sets is seen here.
    assert recorder["one-vm"].aliases == ()


def test_an_unknown_tag_is_a_programmers_error():
    with pytest.raises(KeyError, match="gas"):
        standing_site(example(), "lac").tags({Category.SERVICE: "gas"})
