"""A territory's simulated cloud, seen through boto3 clients that owe nothing to the code under test."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from operations.yaml_files import read_mapping
from tests.twin.operations.metro import Metro


@dataclass(frozen=True)
class CloudReader:
    """One account in one region, as an auditor with every right sees it."""

    endpoint: str
    region: str
    account_id: str
    key_id: str
    key: str = field(repr=False)

    @classmethod
    def of(cls, metro: Metro, territory: str = "sandbox") -> CloudReader:
        """The first cloud of a territory's world."""
        return cls.in_world(metro.state / "worlds" / territory)

    @classmethod
    def in_world(cls, directory: Path) -> CloudReader:
        """The first cloud of the world whose files are in a directory."""
        cloud = read_mapping(directory / "world.yaml")["clouds"][0]
        keys = read_mapping(directory / "credentials.yaml")["clouds"][cloud["id"]]
        endpoint = f"http://127.0.0.1:{cloud['port']}"
        return cls(endpoint, cloud["region"], cloud["account_id"], keys["access_key_id"], keys["secret_access_key"])

    def client(self, service: str) -> Any:
        """A client of a service, by boto3's name."""
        made = boto3.client(
            service,
            region_name=self.region,
            endpoint_url=self.endpoint,
            aws_access_key_id=self.key_id,
            aws_secret_access_key=self.key,
            config=Config(s3={"addressing_style": "path"}),
        )

        def same_host(request: Any, **_others: Any) -> None:
            request.url = request.url.replace(f"//{self.account_id}.", "//")

        # An account has a host name of its own at AWS; here one address answers for everything.
        made.meta.events.register("before-sign.s3-control", same_host)
        return made

    @cached_property
    def ec2(self) -> Any:
        """The client that is asked most."""
        return self.client("ec2")

    def named(self, call: Callable[..., dict[str, Any]], key: str) -> dict[str, dict[str, Any]]:
        """What a describe call lists and carries a name, by it."""
        found: dict[str, dict[str, Any]] = {}
        for item in call()[key]:
            tags = {tag["Key"]: tag["Value"] for tag in item.get("Tags", ())}
            if "Name" in tags:
                found[tags["Name"]] = item
        return found

    def bucket(self, part: str) -> str:
        """The one bucket whose name holds a word."""
        names = [bucket["Name"] for bucket in self.client("s3").list_buckets()["Buckets"]]
        (found,) = (name for name in names if part in name)
        return found

    @contextmanager
    def bucket_policy(self, bucket: str) -> Generator[dict[str, Any]]:
        """A bucket's policy, to be spoilt: what the body leaves is written."""
        s3 = self.client("s3")
        policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
        yield policy
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
