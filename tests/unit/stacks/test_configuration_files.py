"""The committed configuration of the real stacks: complete but for secrets, and the same for each layer."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from ruamel.yaml import YAML

from stacks.configuration import SettingsError
from stacks.layers import LayerStack, stacks_of
from territory.loader import load_territory
from tests.unit.components.recorder import deploy
from tests.unit.stacks.configuration import PASSWORDS
from tests.unit.stacks.ungated import run

CONFIGURATION = Path(__file__).parents[3] / "stacks" / "config"
TERRITORY = "bordeaux"
STACKS = stacks_of(load_territory(TERRITORY))
KEYS = ("metropole:layer", "metropole:part")


def _config(stack: str) -> dict[str, Any]:
    document: Any = YAML(typ="safe", pure=True).load(CONFIGURATION / f"Pulumi.{TERRITORY}-{stack}.yaml")
    assert set(document) == {"config"}
    return cast("dict[str, Any]", document["config"])


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
def test_a_stack_says_which_one_it_is_and_denies_default_providers(stack: LayerStack):
    config = _config(stack.choice)
    assert {key: config.get(key) for key in KEYS} == dict(zip(KEYS, (stack.layer, stack.part), strict=True))
    assert config["pulumi:disable-default-providers"] == ["*"]


def test_the_stacks_of_a_territory_differ_in_their_layer_and_part_only():
    rests = [{key: value for key, value in _config(stack.choice).items() if key not in KEYS} for stack in STACKS]
    assert all(rest == rests[0] for rest in rests)


def test_no_file_is_left_of_a_stack_that_is_no_more():
    files = {file.name for file in CONFIGURATION.glob(f"Pulumi.{TERRITORY}-*.yaml")}
    assert files == {f"Pulumi.{stack.name}.yaml" for stack in STACKS}


def test_both_vcenters_and_the_account_are_named():
    config = _config("datacenters")
    assert {region: entry["accountId"] for region, entry in config["metropole:cloud"].items()} == {
        "cloud-paris": "0" * 12
    }
    assert set(config["metropole:vcenters"]) == {dc.id for dc in load_territory(TERRITORY).datacenters}
    assert all(vcenter["instanceUuid"] for vcenter in config["metropole:vcenters"].values())


def test_only_secrets_are_missing():
    with pytest.raises(SettingsError, match=r"pulumi config set --secret --path 'metropole:vcenterPasswords\.lac'"):
        deploy(run, stack=f"{TERRITORY}-datacenters", config=_config("datacenters"))

    config = {**_config("datacenters"), "metropole:vcenterPasswords": PASSWORDS, "metropole:hostPasswords": PASSWORDS}
    protected = [
        r.name for r in deploy(run, stack=f"{TERRITORY}-datacenters", config=config).registrations if r.protect
    ]
    assert "lac-cluster" in protected
