"""The state in S3 with its secrets under a key of KMS: the bucket shows none, and what was deleted comes back."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from operations.worlds.session import RunningWorld, TwinSession
from tests.twin.backends.shared_state import STACK, SharedState, sandbox_datacenters

pytestmark = pytest.mark.api

KEY = f".pulumi/stacks/metropole/{STACK}.json"
REGION = "eu-west-3"
ACCOUNT = {"AWS_ACCESS_KEY_ID": "moto", "AWS_SECRET_ACCESS_KEY": "moto"}
"""Opens nothing: a simulator on loopback takes any."""


@pytest.fixture(scope="module")
def keys() -> Generator[ThreadedMotoServer]:
    """The key service by itself: moto decrypts with keys that are disabled, so it has to be taken away whole."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def cloud() -> Generator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield address(server)
    server.stop()


def address(server: ThreadedMotoServer) -> str:
    host, port = server.get_host_and_port()
    return f"http://{host}:{port}"


def client(service: str, cloud: str) -> Any:
    keys = {name.lower(): value for name, value in ACCOUNT.items()}
    return boto3.client(service, endpoint_url=cloud, region_name=REGION, **keys)


@pytest.fixture(scope="module")
def bucket(cloud: str) -> str:
    s3 = client("s3", cloud)
    for name in ("state", "state-elsewhere"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return "state"


def reaching(cloud: str, bucket: str) -> dict[str, str]:
    url = f"s3://{bucket}?region={REGION}&endpoint={cloud}&s3ForcePathStyle=true"
    return {"PULUMI_BACKEND_URL": url, "AWS_REGION": REGION, **ACCOUNT}


@pytest.fixture(scope="module")
def shared(
    session: TwinSession,
    world: RunningWorld,
    cloud: str,
    keys: ThreadedMotoServer,
    bucket: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> SharedState:
    """The stack is up, its state in the bucket."""
    key = client("kms", address(keys)).create_key(Description="state of a test")["KeyMetadata"]["KeyId"]
    state = SharedState(session, tmp_path_factory.mktemp("checkout"), reaching(cloud, bucket))
    provider = f"awskms://{key}?region={REGION}&endpoint={address(keys)}"
    state.begin(sandbox_datacenters(world.world), "--secrets-provider", provider)
    state.pulumi("up", "--yes", "--skip-preview", "--stack", STACK)
    return state


def test_a_second_up_changes_nothing(shared: SharedState) -> None:
    shared.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes", "--stack", STACK)
    assert shared.stacks()[STACK] > 50


def test_no_object_of_the_bucket_shows_a_secret(
    shared: SharedState, cloud: str, bucket: str, world: RunningWorld
) -> None:
    s3 = client("s3", cloud)
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    bodies = {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}
    provider = json.loads(bodies[KEY])["checkpoint"]["latest"]["secrets_providers"]
    secrets = [access.password for access in world.world.vcenters.values()]
    secrets += [access.host_password for access in world.world.vcenters.values()]

    assert provider["type"] == "cloud"
    assert provider["state"]["url"].startswith("awskms://")
    assert b'"ciphertext"' in bodies[KEY]
    assert not [key for key, body in bodies.items() for secret in secrets if secret.encode() in body]


def test_a_state_that_was_deleted_is_one_version_away(shared: SharedState, cloud: str, bucket: str) -> None:
    s3 = client("s3", cloud)
    before = shared.stacks()
    marker = s3.delete_object(Bucket=bucket, Key=KEY)["VersionId"]
    assert STACK not in shared.stacks()

    s3.delete_object(Bucket=bucket, Key=KEY, VersionId=marker)

    assert shared.stacks() == before
    shared.unchanged(STACK)


def test_a_copy_in_another_bucket_is_the_whole_state(
    shared: SharedState, cloud: str, bucket: str, tmp_path: Path
) -> None:
    s3 = client("s3", cloud)
    for each in s3.list_objects_v2(Bucket=bucket)["Contents"]:
        source = {"Bucket": bucket, "Key": each["Key"]}
        s3.copy_object(Bucket="state-elsewhere", Key=each["Key"], CopySource=source)
    copy = shared.elsewhere(reaching(cloud, "state-elsewhere"), tmp_path / "checkout")

    assert copy.stacks() == shared.stacks()
    copy.unchanged(STACK)


def test_without_the_key_service_nobody_reads_a_secret(shared: SharedState, keys: ThreadedMotoServer) -> None:
    """The last test: it takes the keys away."""
    keys.stop()
    assert "connection refused" in shared.pulumi("preview", "--stack", STACK, code=None)
