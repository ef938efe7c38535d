"""Verdicts as findings: what is unknown or secret decides nothing, and nothing is passed over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from operations.checkov import session as session_module
from operations.checkov.scan import scan, severities
from operations.checkov.session import CheckovFailed, CheckovSession
from planning.plan import PlannedResource, StackPlan
from planning.values import Value
from policies.answers import Answer
from policies.report import CheckovCounts, Finding
from policies.terraform.adapter import TerraformPlan
from policies.terraform.names import terraform_type, unmapped_types

pytestmark = pytest.mark.checkov

UNKNOWN = {"$unknown": True}
CANARY = "hunter2-canary"
GROUP = "aws:ec2/securityGroup:SecurityGroup"


def _stack(
    *resources: tuple[str, str, dict[str, Value]], uses: Mapping[str, Mapping[str, str]] | None = None
) -> StackPlan:
    def made(type_: str, name: str, inputs: dict[str, Value]) -> PlannedResource:
        return PlannedResource(
            urn=f"urn:pulumi:s::p::{type_}::{name}",
            type=type_,
            name=name,
            custom=True,
            inputs=inputs,
            property_dependencies={
                key: (f"urn:pulumi:s::p::{other}",) for key, other in (uses or {}).get(name, {}).items()
            },
        )

    return StackPlan(name="s", layer="test", resources=tuple(made(*each) for each in resources))


def _scan(session: CheckovSession, stack: StackPlan) -> tuple[dict[tuple[str, str], Finding], CheckovCounts]:
    findings, counts = scan([stack], progress=lambda _text: None, session=session)
    return {(finding.rule, finding.subject.rpartition("::")[2]): finding for finding in findings}, counts


def test_findings_say_where_and_what(session: CheckovSession) -> None:
    rule = {"fromPort": 22, "toPort": 22, "protocol": "tcp", "cidrBlocks": ["0.0.0.0/0"]}
    found, counts = _scan(
        session, _stack((GROUP, "open", {"ingress": [rule]}), ("vsphere:index/folder:Folder", "f", {}))
    )
    ssh = found["CKV_AWS_24", "open"]
    assert (ssh.answer, ssh.severity, ssh.blocks, ssh.engine) == (Answer.FAIL, "critical", True, "checkov")
    assert ssh.path.startswith("ingress")
    assert (counts.sent, counts.scanned, counts.unmapped) == (1, 1, ("vsphere:index/folder:Folder",))
    assert counts.checks > 3


def test_a_check_without_a_severity_of_ours_stops_nothing(session: CheckovSession) -> None:
    found, _ = _scan(
        session, _stack((GROUP, "undescribed", {"ingress": [{"protocol": "tcp", "cidrBlocks": ["10.0.0.0/8"]}]}))
    )
    assert found["CKV_AWS_23", "undescribed"].answer is Answer.FAIL
    assert not found["CKV_AWS_23", "undescribed"].blocks


@pytest.mark.parametrize("hidden", [UNKNOWN, {"$secret": CANARY}])
def test_a_verdict_that_hangs_on_a_hidden_value_is_undetermined(session: CheckovSession, hidden: Value) -> None:
    found, _ = _scan(
        session,
        _stack(
            ("aws:rds/instance:Instance", "maybe", {"storageEncrypted": hidden, "publiclyAccessible": True}),
            ("aws:s3/bucketPolicy:BucketPolicy", "policy", {"bucket": "b", "policy": hidden}),
            (GROUP, "group", {"ingress": [{"fromPort": 22, "toPort": 22, "protocol": "tcp", "cidrBlocks": hidden}]}),
        ),
    )
    assert found["CKV_AWS_16", "maybe"].answer is Answer.UNDETERMINED
    assert "storageEncrypted" in found["CKV_AWS_16", "maybe"].message
    assert found["CKV_AWS_17", "maybe"].answer is Answer.FAIL
    assert found["CKV_AWS_70", "policy"].answer is Answer.UNDETERMINED
    assert found["CKV_AWS_24", "group"].answer is Answer.UNDETERMINED


def test_a_hidden_value_that_a_check_does_not_read_changes_nothing(session: CheckovSession) -> None:
    rule = {"fromPort": 22, "toPort": 22, "protocol": "tcp", "cidrBlocks": ["0.0.0.0/0"]}
    found, _ = _scan(
        session, _stack((GROUP, "open", {"ingress": [rule], "vpcId": UNKNOWN, "name": {"$secret": CANARY}}))
    )
    assert found["CKV_AWS_24", "open"].answer is Answer.FAIL


def test_a_reference_is_there_before_its_value_is(session: CheckovSession) -> None:
    key, topic = "aws:kms/key:Key", "aws:sns/topic:Topic"
    stack = _stack(
        (key, "key", {"enableKeyRotation": True}),
        (topic, "sealed", {"kmsMasterKeyId": UNKNOWN}),
        uses={"sealed": {"kmsMasterKeyId": f"{key}::key"}},
    )
    found, _ = _scan(session, stack)
    assert ("CKV_AWS_26", "sealed") not in found
    found, _ = _scan(session, _stack((topic, "elsewhere", {"kmsMasterKeyId": UNKNOWN})))
    assert found["CKV_AWS_26", "elsewhere"].answer is Answer.UNDETERMINED


def test_an_edge_that_nobody_sees_is_no_missing_edge(session: CheckovSession) -> None:
    bucket, block = "aws:s3/bucket:Bucket", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
    shut = {"blockPublicAcls": True, "blockPublicPolicy": True, "ignorePublicAcls": True, "restrictPublicBuckets": True}
    found, _ = _scan(session, _stack((bucket, "bare", {})))
    assert found["CKV2_AWS_6", "bare"].answer is Answer.FAIL
    loose = _stack((bucket, "bare", {}), (block, "block", {"bucket": UNKNOWN, **shut}))
    found, _ = _scan(session, loose)
    assert found["CKV2_AWS_6", "bare"].answer is Answer.UNDETERMINED


def test_no_secret_reaches_the_file_or_the_findings(session: CheckovSession, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, int, int]] = []
    original = CheckovSession._answer  # pyright: ignore[reportPrivateUsage] - the file exists only while it is asked

    def look(self: CheckovSession, seconds: float) -> Mapping[str, Any]:
        folder = Path(str(self._folder.name))  # pyright: ignore
        file = folder / "plan.json"
        seen.append((file.read_text(), file.stat().st_mode & 0o777, folder.stat().st_mode & 0o777))
        answer = original(self, seconds)
        assert CANARY not in json.dumps(answer)
        return answer

    monkeypatch.setattr(CheckovSession, "_answer", look)
    secret = {"$secret": CANARY}
    found, _ = _scan(
        session,
        _stack(
            ("aws:ssm/parameter:Parameter", "p", {"type": "String", "value": secret}),
            ("aws:lambda/function:Function", "f", {"environment": {"variables": {"K": secret}}}),
            ("aws:ec2/instance:Instance", "i", {"userData": secret}),
        ),
    )
    ((text, file_mode, folder_mode),) = seen
    assert (file_mode, folder_mode) == (0o600, 0o700)
    assert text.count("\n") > 20
    assert CANARY not in text
    assert CANARY not in "".join(finding.model_dump_json() for finding in found.values())
    assert not list(Path(str(session._folder.name)).glob("plan*"))  # pyright: ignore


def test_fewer_scanned_than_sent_is_no_pass(session: CheckovSession, monkeypatch: pytest.MonkeyPatch) -> None:
    original = CheckovSession.scan

    def forgetful(self: CheckovSession, plan: TerraformPlan, loose: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = original(self, plan, loose)
        return {**answer, "scanned": answer["scanned"][1:]}

    monkeypatch.setattr(CheckovSession, "scan", forgetful)
    with pytest.raises(CheckovFailed, match="1 of the 2"):
        _scan(session, _stack((GROUP, "a", {}), (GROUP, "b", {})))


def test_every_type_checkov_checks_is_mapped_or_says_why_not(session: CheckovSession) -> None:
    checked = {
        type_
        for check in session.catalogue.values()
        if len(check["types"]) < 1000  # two checks look at every type there is
        for type_ in check["types"]
    }
    from policies.terraform import names

    mapped = {type_.name for type_ in names._table().values()}  # pyright: ignore[reportPrivateUsage]
    assert checked - mapped == checked & unmapped_types().keys()
    assert not mapped & unmapped_types().keys()
    assert terraform_type("aws:s3/bucket:Bucket")


def test_the_severities_are_of_checks_that_exist(session: CheckovSession) -> None:
    assert len(severities()) > 50
    assert severities().keys() <= session.catalogue.keys()


def test_a_worker_that_dies_or_hangs_is_named(monkeypatch: pytest.MonkeyPatch, session: CheckovSession) -> None:
    worker = session_module.PROJECT / "worker.py"
    assert worker.is_file()
    monkeypatch.setattr(session_module, "PROJECT", worker.parent / "nowhere")
    with pytest.raises(CheckovFailed, match="ended before it was ready"), CheckovSession(lambda _text: None):
        pass
    monkeypatch.setattr(session_module, "PROJECT", worker.parent)
    monkeypatch.setattr(session_module, "STARTING_S", 0.2)
    with pytest.raises(CheckovFailed, match="still at work"), CheckovSession(lambda _text: None):
        pass
