"""A cloud region to build in, and ways to ask what was built there."""

from __future__ import annotations

import json
from typing import Any

import pulumi_aws as aws

from components.cloud.place import CloudPlace
from components.retention import Environment, retention
from territory.model import Territory
from tests.unit.components.example import example
from tests.unit.components.recorder import Recorder, Registration

ACCOUNT = "123456789012"
PROVIDER = "cloud-paris"


def cloud_territory(**changes: Any) -> Territory:
    """The example with a service whose parts are on both sides, and one it depends on."""
    services = [
        {
            "id": "maps",
            "name": "Maps",
            "owner": "geomatics",
            "criticality": "important",
            "assets": [
                {"id": "server", "number": 10, "zone": "services", "sites": ["pessac"]},
                {"id": "tiles", "number": 11, "zone": "dmz", "sites": ["paris"], "placement": "public", "replicas": 2},
            ],
        },
        {
            "id": "portal",
            "name": "Portal",
            "owner": "citizens",
            "criticality": "standard",
            "depends_on": ["maps"],
            "assets": [
                {"id": "web", "number": 12, "zone": "dmz", "sites": ["paris"], "placement": "public"},
                {"id": "db", "number": 13, "zone": "data", "sites": ["lac", "pessac"], "replicas": 2},
                {"id": "copy", "number": 14, "zone": "data", "sites": ["paris"], "placement": "public"},
            ],
        },
    ]
    return example(services=services, **changes)


def place(territory: Territory, environment: Environment = Environment.REHEARSAL) -> CloudPlace:
    """The first region of a territory, with a provider of its own."""
    return CloudPlace(
        provider=aws.Provider(PROVIDER, region=territory.cloud_regions[0].provider_region),
        territory=territory,
        region=territory.cloud_regions[0],
        account_id=ACCOUNT,
        retention=retention(environment),
    )


def cloud_resources(recorder: Recorder) -> list[Registration]:
    """Everything of the provider's but the provider."""
    return [r for r in recorder.registrations if r.type.startswith("aws:")]


def policy(text: str) -> dict[str, Any]:
    """A policy's statements by their names."""
    return {statement["Sid"]: statement for statement in json.loads(text)["Statement"]}
