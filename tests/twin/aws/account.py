"""A simulated cloud for tests, and boto3 clients of it that owe nothing to the code under test."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import boto3
import yaml

from twin.aws.provider import AWSProvider
from twin.framework.values import wrap
from twin.lookup import Endpoint

CHECKOUT = Path(__file__).resolve().parents[3]
REGION, ACCOUNT = "eu-west-3", "000012345678"
IMAGE = "ami-0123456789abcdef0"
KEY, SECRET = "AKIATESTTESTTESTTEST", "secret/of+the=tests"
DEFAULT_TAGS = {"metropole:stack": "test-cloud", "metropole:territory": "test"}
SERVICES = (
    "backup", "cloudtrail", "cloudwatch", "dynamodb", "ec2", "guardduty", "iam", "iot", "kms", "logs", "route53", "s3",
    "s3control", "sns", "sqs", "sts",
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """Stands for the daemon's worlds."""

    servers: tuple[str, ...]
    cloud: str = "aws"

    def endpoint(self, server: str) -> Endpoint | None:
        return Endpoint("test", self.cloud, "cloud", server, "world") if server in self.servers else None


@dataclass(frozen=True)
class Account:
    """The one account of a simulated cloud."""

    server: str
    ids: dict[str, Any] = field(default_factory=dict[str, Any])
    """What samples call by `Given` names."""

    def client(self, service: str) -> Any:
        return _client(self.server, service)

    def settings(self, **others: Any) -> dict[str, Any]:
        """A provider's configuration, as the engine sends it."""
        values: dict[str, Any] = {
            "region": REGION,
            "accessKey": KEY,
            "secretKey": SECRET,
            "endpoints": json.dumps([dict.fromkeys(SERVICES, f"http://{self.server}")]),
            "allowedAccountIds": json.dumps([ACCOUNT]),
            "defaultTags": json.dumps({"tags": DEFAULT_TAGS}),
            **others,
        }
        return {name: wrap(value) for name, value in values.items() if value is not None}

    def provider(self, **others: Any) -> AWSProvider:
        provider = AWSProvider(Known((self.server,)))
        provider.configure(self.settings(**others))
        return provider


@lru_cache(maxsize=64)
def _client(server: str, service: str) -> Any:
    client: Any = boto3.client(
        service,
        region_name=REGION,
        endpoint_url=f"http://{server}",
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
    )

    def same_host(request: Any, **_others: Any) -> None:
        request.url = request.url.replace(f"//{ACCOUNT}.", "//")

    client.meta.events.register("before-sign.s3-control", same_host)
    return client


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def world_files(directory: Path, port: int) -> Mapping[str, Path]:
    """A world that has one cloud and nothing else."""
    world, credentials = directory / "world.yaml", directory / "credentials.yaml"
    cloud = {"id": "cloud", "region": REGION, "account_id": ACCOUNT, "image": IMAGE, "port": port}
    world.write_text(yaml.safe_dump({"clouds": [cloud]}))
    keys = {"access_key_id": KEY, "secret_access_key": SECRET}
    credentials.write_text(yaml.safe_dump({"clouds": {"cloud": keys}}))
    return {"world": world, "credentials": credentials}


@contextmanager
def running(directory: Path) -> Generator[Account]:
    """A cloud of its own, ended with the block."""
    port = free_port()
    files = world_files(directory, port)
    argv = [sys.executable, "-m", "twin.aws.server", "--cloud", "cloud", "--listen", f"127.0.0.1:{port}"]
    argv += [part for name, file in files.items() for part in (f"--{name}", str(file))]
    with (directory / "cloud.log").open("wb") as errors:
        process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, cwd=CHECKOUT, env=dict(os.environ)
        )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        assert said, (directory / "cloud.log").read_text()
        assert json.loads(said)["ready"]
        yield Account(f"127.0.0.1:{port}")
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()
