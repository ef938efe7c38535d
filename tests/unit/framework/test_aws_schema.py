"""The schema facts of the aws package are what its installed SDK says, for all declared types and no others."""

from __future__ import annotations

import importlib.metadata
import json

from twin.aws.provider import PACKAGE, SCHEMA_DIRECTORY, AWSProvider
from twin.aws.schema_extraction import extract, render
from twin.packages import PACKAGES


def test_the_facts_are_current() -> None:
    """`python -m twin.aws.schema_extraction` writes them anew."""
    wanted = {name: render(content) for name, content in extract(PACKAGE.types).items()}
    assert {file.name: file.read_text("utf-8") for file in SCHEMA_DIRECTORY.glob("*.json")} == wanted


def test_nested_objects_outputs_and_secrets_are_extracted() -> None:
    files = extract(["aws:ec2/instance:Instance", "aws:ec2/vpnConnection:VpnConnection"])
    assert set(files) == {"tokens.json", "ec2.json"}
    instance = files["ec2.json"]["resources"]["aws:ec2/instance:Instance"]
    device = "aws:ec2/InstanceRootBlockDevice:InstanceRootBlockDevice"
    assert instance["inputs"]["rootBlockDevice"] == {"type": device}
    assert instance["inputs"]["instanceType"] == {"type": "string"}
    assert instance["inputs"]["tagsAll"] == {"type": {"*": "string"}}
    assert instance["computed"]["publicIp"] == "string"
    assert files["ec2.json"]["types"][device]["properties"]["volumeSize"] == "integer"
    connection = files["ec2.json"]["resources"]["aws:ec2/vpnConnection:VpnConnection"]
    assert connection["inputs"]["tunnel1PresharedKey"]["secret"]
    assert connection["required"] == ["customerGatewayId", "type"]
    assert "customerGatewayConfiguration" in connection["secret_outputs"]


def test_all_official_names_are_known() -> None:
    names = json.loads((SCHEMA_DIRECTORY / "tokens.json").read_text("utf-8"))
    assert len(names["resources"]) > 1700
    assert "aws:ec2/vpc:Vpc" in names["resources"]
    assert "aws:index/getCallerIdentity:getCallerIdentity" in names["functions"]


def test_the_version_is_the_installed_sdks() -> None:
    assert importlib.metadata.version("pulumi-aws") == AWSProvider.version == PACKAGES["aws"].version
