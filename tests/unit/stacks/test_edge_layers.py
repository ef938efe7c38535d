"""The layers of the edge under mocks, wired as their stacks are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pulumi
import pytest

from stacks.edge_outputs import EventsOutputs
from stacks.layers import LAYERS, cloud, edge, events
from stacks.references import Upstream
from stacks.settings import read_settings
from territory.edge import sites_of_sector
from territory.loader import load_territory
from territory.model import Territory
from tests.unit.components.recorder import Recorder, deploy
from tests.unit.stacks.configuration import configuration

CLOUD = {"cloud-paris": {"accountId": "123456789012"}}
KEY, BOUNDARY = "cloud-paris-keys-data-key:arn", "cloud-paris-boundary-policy:arn"
REQUEST = "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n"


def _up(
    layer: Any, territory: Territory, upstream: Mapping[str, Any], preview: bool = False, **changes: Any
) -> Recorder:
    def program() -> None:
        for name, value in layer.deploy(territory, read_settings(LAYERS)).to_dict().items():
            pulumi.export(name, value)

    # The program is called directly: which layer the configuration names is another test's matter.
    config = configuration("datacenters", cloud=CLOUD, territory=territory.name, **changes)
    stack = f"{territory.name}-{layer.__name__.rpartition('.')[2]}"
    return deploy(program, stack=stack, config=config, upstream=upstream, preview=preview)


@cache
def _cloud(name: str) -> Recorder:
    return _up(cloud, load_territory(name), {})


@cache
def _events(name: str) -> Recorder:
    return _up(events, load_territory(name), _cloud(name).outputs)


@pytest.mark.parametrize("name", ["bordeaux", "sandbox"])
@pytest.mark.parametrize("preview", [False, True])
def test_the_hub_stands_on_the_clouds_key_and_boundary(name: str, preview: bool):
    recorder = _up(events, load_territory(name), _cloud(name).outputs, preview)

    assert {queue.inputs["kmsMasterKeyId"] for queue in recorder.of("Queue")} == {KEY}
    assert {role.inputs["permissionsBoundary"] for role in recorder.of("Role")} == {BOUNDARY}


@pytest.mark.parametrize("name", ["bordeaux", "sandbox"])
def test_what_the_hub_hands_over_is_what_fleets_read(name: str):
    territory, outputs = load_territory(name), _events(name).outputs

    def program() -> None:
        pulumi.export("same", EventsOutputs.from_upstream(territory, Upstream(territory, "events")).to_dict())

    assert deploy(program, stack=f"{name}-edge", upstream=outputs).outputs["same"] == outputs


@pytest.mark.parametrize("preview", [False, True])
def test_the_fleets_of_all_sectors_are_the_territorys(tmp_path: Path, preview: bool):
    territory = load_territory("bordeaux")
    (tmp_path / "cenon-lamp-1.csr.pem").write_text(REQUEST)
    things: list[str] = []
    enrolled: list[str] = []
    for sector in territory.sectors:
        recorder = _up(
            edge, territory, _events("bordeaux").outputs, preview, part=sector.id, signingRequests=str(tmp_path)
        )
        things += [thing.inputs["name"] for thing in recorder.of("Thing")]
        enrolled += [certificate.name for certificate in recorder.of("Certificate")]
        waiting = set(recorder.outputs["notEnrolled"])
        assert waiting == {site.id for site in sites_of_sector(territory, sector.id)} - {"cenon-lamp-1"}

    assert sorted(things) == sorted(f"bordeaux_{site.id}" for site in territory.edge_sites)
    assert enrolled == ["edge-commune-33119-cenon-lamp-1-certificate"]
