from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pulumi
import pytest

from components.datacenters.existing import ExistingCluster, ExistingObjects
from components.datacenters.inventory import Folder
from components.datacenters.privileges import Role
from components.datacenters.site import Category
from stacks.configuration import SettingsError
from stacks.layers import LAYERS, Layer, by_sector
from stacks.settings import Environment, Settings, read_settings
from territory.loader import load_territory
from territory.model import Zone
from tests.unit.components.recorder import deploy
from tests.unit.stacks.configuration import configuration
from tests.unit.stacks.ungated import run

STACK = "sandbox-datacenters"
WHOLE = LAYERS["datacenters"]
CUT = replace(WHOLE, parts=by_sector)


def _read(**changes: Any) -> Settings:
    read: list[Settings] = []
    deploy(lambda: read.append(read_settings(LAYERS)), stack=STACK, config=configuration("datacenters", **changes))
    return read[0]


def _check(layer: Layer, **changes: Any) -> None:
    def program() -> None:
        layers = {layer.name: layer}
        read_settings(layers).check(load_territory("sandbox"), layers)

    deploy(program, stack=STACK, config=configuration(layer.name, **changes))


def _refused(**changes: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        _read(**changes)
    return str(caught.value)


def test_a_complete_configuration():
    settings = _read(
        authorizedKeys=["ssh-ed25519 AAAA"],
        groups={"auditor": "BORDEAUX\\audit"},
        existing={
            "lac": {
                "datacenterId": "datacenter-2",
                "clusterId": "domain-c8",
                "rootPoolId": "resgroup-9",
                "hostIds": {"lac-esxi-1": "host-1"},
                "interconnectId": "50 1f",
                "folderIds": {"platform/access": "group-v3"},
                "zoneNetworkIds": {"dmz": "dvportgroup-9"},
                "tagCategoryIds": {"service": "urn:service"},
                "circuitNetworkIds": {"lac-1-pessac-1": "dvportgroup-7"},
            }
        },
    )

    assert settings.territory == "sandbox"
    assert settings.layer == "datacenters"
    assert settings.environment is Environment.REHEARSAL
    assert not settings.protect_state
    assert settings.vcenters["lac"].server == "vcenter.lac.example"
    assert settings.vcenters["lac"].allow_unverified_ssl is False
    assert settings.authorized_keys == ("ssh-ed25519 AAAA",)
    assert settings.groups[Role.AUDITOR] == "BORDEAUX\\audit"
    assert settings.groups[Role.BACKUP] == "VSPHERE.LOCAL\\metropole-backups"
    assert settings.existing == {
        "lac": ExistingObjects(
            datacenter_id="datacenter-2",
            cluster=ExistingCluster(id="domain-c8", root_pool_id="resgroup-9"),
            host_ids={"lac-esxi-1": "host-1"},
            fabric_id=None,
            interconnect_id="50 1f",
            folder_ids={Folder.ACCESS: "group-v3"},
            zone_network_ids={Zone.DMZ: "dvportgroup-9"},
            tag_category_ids={Category.SERVICE: "urn:service"},
            circuit_network_ids={"lac-1-pessac-1": "dvportgroup-7"},
        )
    }


def test_passwords_are_secret():
    recorder = deploy(
        lambda: pulumi.export("password", read_settings(LAYERS).vcenters["lac"].password),
        stack=STACK,
        config=configuration("datacenters"),
    )
    assert recorder.outputs == {"password": "secret(lac-password)"}


def test_production_protects_what_holds_state():
    assert _read(environment="production").protect_state


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"territory": None},
            "metropole:territory: is not set\n"
            "  remedy: pulumi config set metropole:territory VALUE --stack sandbox-datacenters",
        ),
        (
            {"exsiting": {"lac": {"datacenterId": "datacenter-2"}}},
            "metropole:exsiting: is no such setting; expected territory, layer, part, environment, expires, "
            "vcenters, vcenterPasswords, hostPasswords, authorizedKeys, groups, existing, "
            "cloud, cloudKeys, existingCloud, signingRequests, automation\n"
            "  remedy: pulumi config rm metropole:exsiting --stack sandbox-datacenters",
        ),
        (
            {"layer": "storage"},
            f"metropole:layer: found 'storage', expected one of {', '.join(LAYERS)}\n"
            "  remedy: pulumi config set metropole:layer LAYER --stack sandbox-datacenters",
        ),
        (
            {"environment": "staging"},
            "metropole:environment: found 'staging', expected one of production, rehearsal, ephemeral\n"
            "  remedy: pulumi config set metropole:environment production --stack sandbox-datacenters",
        ),
        (
            {"environment": "ephemeral"},
            "metropole:expires: is not set, and an ephemeral territory says when it may be removed\n"
            "  remedy: pulumi config set metropole:expires 2026-12-31T20:00:00Z --stack sandbox-datacenters",
        ),
        (
            {"environment": "ephemeral", "expires": "2026-12-31T20:00:00"},
            "metropole:expires: found '2026-12-31T20:00:00', expected a time with its zone (RFC 3339)\n"
            "  remedy: pulumi config set metropole:expires 2026-12-31T20:00:00Z --stack sandbox-datacenters",
        ),
        (
            {"environment": "ephemeral", "expires": "tomorrow"},
            "metropole:expires: found 'tomorrow', expected a time with its zone (RFC 3339)\n"
            "  remedy: pulumi config set metropole:expires 2026-12-31T20:00:00Z --stack sandbox-datacenters",
        ),
        (
            {"expires": "2026-12-31T20:00:00Z"},
            "metropole:expires: is for ephemeral territories, this is rehearsal\n"
            "  remedy: pulumi config rm metropole:expires --stack sandbox-datacenters",
        ),
        (
            {"vcenters": {"lac": {"user": "metropole"}}},
            "metropole:vcenters.lac.server: is not set\n"
            "  remedy: pulumi config set --path 'metropole:vcenters.lac.server' VALUE --stack sandbox-datacenters",
        ),
        (
            {"vcenters": "plain"},
            "metropole:vcenters: expected an object, found plain text\n"
            "  remedy: pulumi config set --path 'metropole:vcenters.KEY' VALUE --stack sandbox-datacenters",
        ),
        (
            {"vcenters": {"lac": {"server": "a", "user": "b", "allowUnverifiedSsl": "perhaps"}}},
            "metropole:vcenters.lac.allowUnverifiedSsl: found 'perhaps', expected true or false\n"
            "  remedy: pulumi config set --path 'metropole:vcenters.lac.allowUnverifiedSsl' false "
            "--stack sandbox-datacenters",
        ),
        (
            {"vcenters": {"lac": {"server": "a", "user": "b", "allowUnverified": True}}},
            "metropole:vcenters.lac.allowUnverified: is no such setting; "
            "expected server, user, allowUnverifiedSsl, instanceUuid\n"
            "  remedy: pulumi config rm --path 'metropole:vcenters.lac.allowUnverified' --stack sandbox-datacenters",
        ),
        (
            {"vcenterPasswords": {"lac": "x"}},
            "metropole:vcenterPasswords.pessac: is not set\n"
            "  remedy: pulumi config set --secret --path 'metropole:vcenterPasswords.pessac' "
            "--stack sandbox-datacenters",
        ),
        (
            {"authorizedKeys": {"key": "value"}},
            "metropole:authorizedKeys: expected a list of strings\n"
            "  remedy: pulumi config set --path 'metropole:authorizedKeys[0]' VALUE --stack sandbox-datacenters",
        ),
        (
            {"groups": {"backup": "A\\x", "auditor": "A\\x"}},
            "metropole:groups: the roles backup and auditor are both given to A\\x; name two groups\n"
            "  remedy: pulumi config set --path 'metropole:groups.ROLE' GROUP --stack sandbox-datacenters",
        ),
        (
            {"existing": {"lac": {"datacenterId": "datacenter-2", "clusterId": "domain-c8"}}},
            "metropole:existing.lac.rootPoolId: is not set\n"
            "  remedy: pulumi config set --path 'metropole:existing.lac.rootPoolId' VALUE --stack sandbox-datacenters",
        ),
        (
            {"existing": {"lac": {"folderId": "group-v3"}}},
            "metropole:existing.lac.folderId: is no such setting; expected datacenterId, clusterId, rootPoolId, "
            "fabricId, interconnectId, hostIds, folderIds, zoneNetworkIds, tagCategoryIds, circuitNetworkIds\n"
            "  remedy: pulumi config rm --path 'metropole:existing.lac.folderId' --stack sandbox-datacenters",
        ),
        (
            {"existing": {"lac": {"hostIds": {"lac-esxi-1": "host-1"}}}},
            "metropole:existing.lac.clusterId: is not set, but hostIds is\n"
            "  remedy: pulumi config set --path 'metropole:existing.lac.clusterId' ID --stack sandbox-datacenters",
        ),
        (
            {"existing": {"lac": {"datacenterId": "datacenter-2", "folderIds": {"platfrom": "group-v3"}}}},
            "metropole:existing.lac.folderIds.platfrom: is no such setting; expected platform, platform/access, "
            "platform/network, platform/communes, services\n"
            "  remedy: pulumi config rm --path 'metropole:existing.lac.folderIds.platfrom' "
            "--stack sandbox-datacenters",
        ),
    ],
)
def test_a_mistake_names_its_key_and_the_command_that_mends_it(changes: dict[str, Any], message: str):
    assert _refused(**changes) == message


def test_an_error_never_shows_a_secret():
    assert "hunter2" not in _refused(hostPasswords={"lac": ["hunter2"]})
    assert "hunter2" not in _refused(hostPasswords=["hunter2"])
    assert "hunter2" not in _refused(vcenterPasswords="hunter2")


@pytest.mark.parametrize(
    ("existing", "message"),
    [
        ({"lacc": {}}, "metropole:existing.lacc: is no such datacenter; expected lac, pessac"),
        (
            {"lac": {"datacenterId": "d", "clusterId": "c", "rootPoolId": "r", "hostIds": {"pessac-esxi-1": "h"}}},
            "metropole:existing.lac.hostIds.pessac-esxi-1: is no such host; expected lac-esxi-1, lac-esxi-2",
        ),
        (
            {"lac": {"datacenterId": "d", "circuitNetworkIds": {"lac-9-pessac-9": "n"}}},
            "metropole:existing.lac.circuitNetworkIds.lac-9-pessac-9: is no such circuit or access network; "
            "expected lac-1-pessac-1, lac-2-pessac-2, lac-1-pessac-2, lac-2-pessac-1, ring-north-lac-1",
        ),
    ],
)
def test_what_exists_has_to_be_the_territorys(existing: dict[str, Any], message: str):
    with pytest.raises(SettingsError) as caught:
        deploy(run, stack=STACK, config=configuration("datacenters", existing=existing))
    assert str(caught.value).startswith(f"{message}\n  remedy: pulumi config rm --path ")


def test_a_datacenter_without_vcenter_or_password():
    territory = load_territory("sandbox")
    settings = _read(vcenters={}, hostPasswords=None)

    with pytest.raises(SettingsError) as caught:
        settings.vcenter(territory.datacenters[0])
    assert str(caught.value).startswith("metropole:vcenters: names no vCenter for the datacenter lac\n")
    with pytest.raises(SettingsError) as caught:
        settings.host_password(territory.datacenters[1])
    assert str(caught.value).startswith(
        "metropole:hostPasswords: holds no password for the hypervisors of pessac\n"
        "  remedy: pulumi config set --secret --path 'metropole:hostPasswords.pessac'"
    )


def test_an_ephemeral_territory_says_when_it_is_past_its_time():
    settings = _read(environment="ephemeral", expires="2026-12-31T20:00:00Z")
    assert settings.expires == datetime(2026, 12, 31, 20, tzinfo=UTC)
    assert not settings.protect_state


@pytest.mark.parametrize(
    ("part", "layer", "message"),
    [
        (None, CUT, "metropole:part: is not set; layer datacenters has north, south"),
        ("nord", CUT, "metropole:part: found 'nord', expected one of north, south"),
        ("north", WHOLE, "metropole:part: found 'north', and the layer datacenters has no parts"),
        (
            "north",
            CUT,
            "metropole:part: part north of layer datacenters of territory sandbox belongs to the stack "
            "sandbox-datacenters-north, this is sandbox-datacenters",
        ),
    ],
)
def test_a_stack_is_the_part_its_name_says(part: str | None, layer: Layer, message: str):
    with pytest.raises(SettingsError) as caught:
        _check(layer, part=part)
    assert str(caught.value).partition("\n")[0] == message


def test_no_ephemeral_territory_holds_what_exists_once_in_an_account():
    with pytest.raises(SettingsError, match="exists once in an account"):
        _check(replace(WHOLE, account_wide=True), environment="ephemeral", expires="2026-12-31T20:00:00Z")
