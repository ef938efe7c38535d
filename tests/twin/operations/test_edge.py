"""The edge fleet on the simulated cloud: enrolled, converged, mended, and no private key anywhere but on its device."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path

import pytest

from operations.engine.engine import Engine
from territory import edge
from territory.loader import load_territory
from tests.twin.operations.cloud_reader import CloudReader
from tests.twin.operations.conftest import metro_on_a_state_of_its_own
from tests.twin.operations.metro import Metro

pytestmark = pytest.mark.api

SANDBOX = load_territory("sandbox")
ONLY = ("--only", "cloud", "--only", "events", "--only", "edge")


@pytest.fixture(scope="module")
def fleet(engine: Engine, vcsim_binary: Path) -> Generator[Metro]:
    """The sandbox's cloud, hub and fleets, up."""
    with metro_on_a_state_of_its_own() as metro:
        metro.succeed("up", "-t", "sandbox", *ONLY)
        yield metro


def test_every_gateway_is_known_by_its_own_certificate_and_role(fleet: Metro):
    iot = CloudReader.of(fleet).client("iot")
    for site in SANDBOX.edge_sites:
        thing = edge.thing_name(SANDBOX, site)
        (certificate,) = iot.list_thing_principals(thingName=thing)["principals"]
        policies = iot.list_attached_policies(target=certificate)["policies"]
        groups = iot.list_thing_groups_for_thing(thingName=thing)["thingGroups"]

        assert [policy["policyName"] for policy in policies] == [edge.role_name(SANDBOX, site.kind)]
        sector = next(c.sector for c in SANDBOX.communes if c.insee == site.commune)
        assert [group["groupName"] for group in groups] == [edge.group_name(SANDBOX, sector)]


def test_events_go_to_encrypted_queues_and_one_encrypted_store(fleet: Metro):
    iot, sqs, dynamodb = map(CloudReader.of(fleet).client, ("iot", "sqs", "dynamodb"))
    for service in edge.fed_services(SANDBOX):
        rule = iot.get_topic_rule(ruleName=edge.rule_name(SANDBOX, service))["rule"]
        queue = next(action["sqs"]["queueUrl"] for action in rule["actions"] if "sqs" in action)
        table = next(
            action["dynamoDBv2"]["putItem"]["tableName"] for action in rule["actions"] if "dynamoDBv2" in action
        )
        attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]

        assert attributes["QueueArn"].endswith(f":sandbox-{service.id}-events")
        assert attributes["KmsMasterKeyId"].startswith("arn:aws:kms:")
        assert json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"].endswith(":sandbox-undelivered-events")
        assert dynamodb.describe_table(TableName=table)["Table"]["SSEDescription"]["SSEType"] == "KMS"


def test_a_widened_policy_is_seen_and_mended_and_then_nothing_changes(fleet: Metro):
    iot, name = CloudReader.of(fleet).client("iot"), edge.role_name(SANDBOX, "lamp-post")
    before = json.loads(iot.get_policy(policyName=name)["policyDocument"])
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["iot:*"], "Resource": ["*"]}]}
    iot.create_policy_version(policyName=name, policyDocument=json.dumps(everything), setAsDefault=True)

    mended = fleet.succeed("up", "-t", "sandbox", "--only", "events", "--only", "edge")
    assert mended.changes() == {"sandbox-events": 1, "sandbox-edge-north": 0, "sandbox-edge-south": 0}
    assert json.loads(iot.get_policy(policyName=name)["policyDocument"]) == before


def test_no_private_key_is_anywhere_but_with_its_device(fleet: Metro):
    devices = fleet.state / "enrolment" / "sandbox" / "device-keys"
    keys = [file.read_bytes() for file in devices.iterdir()]
    elsewhere = [file for file in fleet.state.rglob("*") if file.is_file() and devices not in file.parents]

    assert len(keys) == len(SANDBOX.edge_sites)
    assert any(b"CERTIFICATE REQUEST" in file.read_bytes() for file in elsewhere if file.suffix == ".json")
    # The second line of a key is the part that is nobody else's.
    secrets = [key.splitlines()[1] for key in keys]
    assert [file for file in elsewhere if any(secret in file.read_bytes() for secret in secrets)] == []
