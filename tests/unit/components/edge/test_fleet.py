from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache

import pulumi
import pytest

from components.edge.event_hub import UNDELIVERED, EventHub, EventHubArgs, Hub
from components.edge.fleet import EdgeFleet, EdgeFleetArgs
from components.retention import Environment
from territory import edge
from territory.loader import load_territory
from tests.unit.components.clouds import PROVIDER, cloud_resources, place
from tests.unit.components.recorder import Recorder, deploy

BORDEAUX = load_territory("bordeaux")
SECTOR = BORDEAUX.sectors[0]
SITES = edge.sites_of_sector(BORDEAUX, SECTOR.id)
REQUEST = "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n"
KEY = "arn:aws:kms:eu-west-3:123456789012:key/1"


@cache
def _hub(environment: Environment = Environment.REHEARSAL, *, preview: bool = False) -> Recorder:
    def program() -> None:
        hub = EventHub("events", EventHubArgs(place(BORDEAUX, environment), pulumi.Output.from_input(KEY), "arn:b")).hub
        pulumi.export("queues", hub.queue_urls)

    return deploy(program, preview=preview)


@cache
def _fleet(*, preview: bool = False, enrolled: bool = True) -> Recorder:
    def program() -> None:
        hub = Hub(
            type_names={kind: f"type-{kind}" for kind in edge.kinds(BORDEAUX)},
            policy_names={kind: f"policy-{kind}" for kind in edge.kinds(BORDEAUX)},
            group_name="all",
            queue_urls={},
            table_name="table",
        )
        requests = {site.id: REQUEST for site in SITES if enrolled}
        EdgeFleet("edge", EdgeFleetArgs(place(BORDEAUX), SECTOR, hub, requests))

    return deploy(program, preview=preview)


@pytest.mark.parametrize("made", [_hub, _fleet])
def test_a_preview_declares_what_an_update_makes(made: Callable[..., Recorder]):
    preview, update = made(preview=True), made()
    assert {(r.type, r.name) for r in preview.registrations} == {(r.type, r.name) for r in update.registrations}


@pytest.mark.parametrize("preview", [False, True])
def test_every_child_names_its_provider_and_begins_with_its_parent(preview: bool):
    for recorder in (_hub(preview=preview), _fleet(preview=preview)):
        assert {r.provider for r in cloud_resources(recorder)} == {PROVIDER}
        children = [r for r in recorder.registrations if r.name not in {PROVIDER, "events", "edge"}]
        assert [r.name for r in children if not r.name.startswith(f"{r.parent}-")] == []
        assert sorted(r.name for r in recorder.registrations if not r.custom) == sorted(filter(None, recorder.finished))


def test_a_service_has_a_queue_a_rule_and_a_place_for_what_fails():
    recorder = _hub()
    services = [service.id for service in edge.fed_services(BORDEAUX)]

    assert [queue.name for queue in recorder.of("Queue")] == [
        f"events-{what}-queue" for what in (UNDELIVERED, *services)
    ]
    for service in services:
        rule = recorder[f"events-{service}-rule"].inputs
        assert rule["sqs"][0]["queueUrl"] == f"events-{service}-queue:url"
        assert rule["dynamodbv2s"][0]["putItem"] == {"tableName": "bordeaux-cloud-paris-events"}
        assert rule["errorAction"]["sqs"]["queueUrl"] == f"events-{UNDELIVERED}-queue:url"
        redrive = json.loads(recorder[f"events-{service}-queue"].inputs["redrivePolicy"])
        assert redrive == {"deadLetterTargetArn": f"events-{UNDELIVERED}-queue:arn", "maxReceiveCount": 5}
    assert "redrivePolicy" not in recorder[f"events-{UNDELIVERED}-queue"].inputs


def test_queues_and_store_are_encrypted_with_the_territorys_key():
    recorder = _hub()

    assert {queue.inputs["kmsMasterKeyId"] for queue in recorder.of("Queue")} == {KEY}
    (table,) = recorder.of("Table")
    assert table.inputs["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": KEY}
    assert table.inputs["pointInTimeRecovery"] == {"enabled": True}


def test_the_rules_role_stays_in_the_boundary_and_names_only_what_is_there():
    recorder = _hub()
    (role,), (policy,) = recorder.of("Role"), recorder.of("RolePolicy")
    statements = {s["Sid"]: s for s in json.loads(policy.inputs["policy"])["Statement"]}

    assert role.inputs["permissionsBoundary"] == "arn:b"
    assert [arn.rpartition(":")[2] for arn in statements["HandOn"]["Resource"]] == [
        *(f"bordeaux-{service.id}-events" for service in edge.fed_services(BORDEAUX)),
        f"bordeaux-{UNDELIVERED}-events",
    ]
    assert {arn.rpartition(":")[2] for arn in statements["HandOn"]["Resource"]} == {
        queue.inputs["name"] for queue in recorder.of("Queue")
    }
    assert statements["Keep"]["Resource"][0].endswith(":table/bordeaux-cloud-paris-events")
    assert statements["Encrypt"]["Resource"] == [KEY]


@pytest.mark.parametrize("environment", Environment)
def test_only_production_protects_what_holds_events(environment: Environment):
    recorder = _hub(environment)
    production = environment is Environment.PRODUCTION

    assert {r.protect for r in [*recorder.of("Queue"), *recorder.of("Table")]} == {production}
    assert recorder.of("Table")[0].inputs["deletionProtectionEnabled"] == production


def test_a_gateway_is_a_thing_with_a_certificate_of_its_own_request():
    recorder = _fleet()
    assert len(recorder.of("Thing")) == len(recorder.of("Certificate")) == len(SITES) > 10
    for site in SITES:
        name = f"edge-commune-{site.commune}-{site.id}"
        thing = recorder[f"{name}-thing"].inputs
        assert thing["name"] == f"bordeaux_{site.id}"
        assert thing["thingTypeName"] == f"type-{site.kind}"
        assert thing["attributes"] == {
            "commune": site.commune,
            "sector": SECTOR.id,
            "services": ",".join(site.services),
        }
        assert recorder[f"{name}-certificate"].inputs == {"csr": REQUEST, "active": True}
        attached = {"policy": f"policy-{site.kind}", "target": f"{name}-certificate:arn"}
        assert recorder[f"{name}-policy"].inputs == attached
        principal = {"thing": f"bordeaux_{site.id}", "principal": f"{name}-certificate:arn"}
        assert {k: v for k, v in recorder[f"{name}-principal"].inputs.items() if k in principal} == principal


def test_a_gateway_that_has_not_enrolled_is_declared_and_cannot_connect():
    recorder = _fleet(enrolled=False)

    assert len(recorder.of("Thing")) == len(SITES)
    assert not [*recorder.of("Certificate"), *recorder.of("PolicyAttachment"), *recorder.of("ThingPrincipalAttachment")]


def test_no_key_pair_is_ever_asked_for():
    """Without a request the provider would make the pair, and the private key would stand in the state."""
    assert all(certificate.inputs["csr"] for certificate in _fleet().of("Certificate"))
