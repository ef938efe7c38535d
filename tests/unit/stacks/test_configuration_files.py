"""The committed configuration of the real stacks: complete but for secrets, and the same for each layer."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from ruamel.yaml import YAML

from stacks.configuration import SettingsError
from stacks.layers import LAYERS
from stacks.program import run
from territory.loader import load_territory
from tests.unit.components.recorder import deploy
from tests.unit.stacks.configuration import PASSWORDS

CONFIGURATION = Path(__file__).parents[3] / "stacks" / "config"
TERRITORY = "bordeaux"


def _config(layer: str) -> dict[str, Any]:
    document: Any = YAML(typ="safe", pure=True).load(CONFIGURATION / f"Pulumi.{TERRITORY}-{layer}.yaml")
    assert set(document) == {"config"}
    return cast("dict[str, Any]", document["config"])


@pytest.mark.parametrize("layer", LAYERS)
def test_a_stack_says_which_layer_it_is_and_denies_default_providers(layer: str):
    assert _config(layer)["metropole:layer"] == layer
    assert _config(layer)["pulumi:disable-default-providers"] == ["*"]


def test_the_stacks_of_a_territory_differ_in_their_layer_only():
    rests = [{**_config(layer), "metropole:layer": ""} for layer in LAYERS]
    assert all(rest == rests[0] for rest in rests)


def test_both_vcenters_and_the_account_are_named():
    config = _config("datacenters")
    assert config["metropole:cloudAccount"]
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
