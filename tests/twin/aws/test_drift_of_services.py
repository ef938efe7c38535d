"""What is changed behind the provider's back is seen, and mended by an update; what AWS would refuse is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest

from providers.logic import PartialFailure, ProviderError
from tests.twin.aws.account import REGION, Account
from tests.twin.aws.case import Inputs, Subject, fresh_name, resolve
from tests.twin.aws.families import CASES
from tests.twin.aws.families.iot import document, signing_request
from tests.twin.aws.test_properties import TOKENS
from twin.aws.provider import AWSProvider

pytestmark = pytest.mark.api


@contextmanager
def made(kind: str, account: Account, provider: AWSProvider, **others: Any) -> Generator[tuple[Subject, Inputs]]:
    """A resource of its own, and what was asked of it."""
    values = resolve(account, {**CASES[kind].minimal(fresh_name()), **others})
    subject = Subject(provider, TOKENS[kind])
    subject.create(values)
    try:
        yield subject, values
    finally:
        subject.delete()


def _widen_policy(account: Account, id_: str) -> None:
    wide = document("*")
    account.client("iot").create_policy_version(policyName=id_, policyDocument=wide, setAsDefault=True)


def _forget_sooner(account: Account, id_: str) -> None:
    account.client("logs").put_retention_policy(logGroupName=id_, retentionInDays=1)


def _stop_logging(account: Account, id_: str) -> None:
    account.client("cloudtrail").stop_logging(Name=id_)


def _switch_off(account: Account, id_: str) -> None:
    account.client("guardduty").update_detector(DetectorId=id_, Enable=False)


def _silence(account: Account, id_: str) -> None:
    account.client("cloudwatch").disable_alarm_actions(AlarmNames=[id_])


def _disable_rule(account: Account, id_: str) -> None:
    account.client("iot").disable_topic_rule(ruleName=id_)


def _deactivate(account: Account, id_: str) -> None:
    account.client("iot").update_certificate(certificateId=id_, newStatus="INACTIVE")


def _rename_owner(account: Account, id_: str) -> None:
    account.client("iot").update_thing(thingName=id_, attributePayload={"attributes": {"owner": "mallory"}})


def _keep_less(account: Account, id_: str) -> None:
    backup = account.client("backup")
    plan = backup.get_backup_plan(BackupPlanId=id_)["BackupPlan"]
    rules = [{key: value for key, value in rule.items() if key != "RuleId"} for rule in plan["Rules"]]
    rules[0]["Lifecycle"] = {"DeleteAfterDays": 1}
    changed = {"BackupPlanName": plan["BackupPlanName"], "Rules": rules}
    backup.update_backup_plan(BackupPlanId=id_, BackupPlan=changed)


def _open_queue(account: Account, id_: str) -> None:
    anyone = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [anyone]})
    account.client("sqs").set_queue_attributes(QueueUrl=id_, Attributes={"Policy": policy})


def _unprotect(account: Account, id_: str) -> None:
    account.client("dynamodb").update_continuous_backups(
        TableName=id_, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False}
    )


def _point_elsewhere(account: Account, id_: str) -> None:
    zone, name, kind = id_.split("_")
    record = {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.66"}]}
    change = {"Action": "UPSERT", "ResourceRecordSet": record}
    account.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})


def _look_away(account: Account, id_: str) -> None:
    account.client("route53").update_health_check(HealthCheckId=id_, Disabled=True)


Tamper = Callable[[Account, str], None]
DRIFTS: list[tuple[str, str, Inputs, Tamper]] = [
    ("iot.Policy", "policy", {}, _widen_policy),
    ("iot.TopicRule", "enabled", {}, _disable_rule),
    ("iot.Certificate", "active", {}, _deactivate),
    ("iot.Thing", "attributes", {"attributes": {"owner": "city"}}, _rename_owner),
    ("cloudwatch.LogGroup", "retentionInDays", {"retentionInDays": 365}, _forget_sooner),
    ("cloudwatch.MetricAlarm", "actionsEnabled", {}, _silence),
    ("cloudtrail.Trail", "enableLogging", {}, _stop_logging),
    ("guardduty.Detector", "enable", {}, _switch_off),
    ("backup.Plan", "rules", {}, _keep_less),
    ("sqs.QueuePolicy", "policy", {}, _open_queue),
    ("dynamodb.Table", "pointInTimeRecovery", {"pointInTimeRecovery": {"enabled": True}}, _unprotect),
    ("route53.Record", "records", {}, _point_elsewhere),
    ("route53.HealthCheck", "disabled", {}, _look_away),
]


@pytest.mark.parametrize(("kind", "name", "others", "tamper"), DRIFTS, ids=[f"{row[0]}-{row[1]}" for row in DRIFTS])
def test_drift_is_seen_and_mended(
    kind: str, name: str, others: Inputs, tamper: Tamper, account: Account, provider: AWSProvider
) -> None:
    with made(kind, account, provider, **others) as (subject, values):
        before = CASES[kind].read(account, subject.id)[name]
        tamper(account, subject.id)
        assert CASES[kind].read(account, subject.id)[name] != before
        subject.refresh()
        assert subject.changed(values) == {name}
        subject.update(values)
        assert CASES[kind].read(account, subject.id)[name] == before
        assert not subject.diff(values).changes


def _detach(account: Account, id_: str) -> None:
    policy, target = id_.split("|")
    account.client("iot").detach_policy(policyName=policy, target=target)


GONE: list[tuple[str, Tamper]] = [
    ("iot.Thing", lambda account, id_: account.client("iot").delete_thing(thingName=id_)),
    ("sqs.Queue", lambda account, id_: account.client("sqs").delete_queue(QueueUrl=id_)),
    ("sns.Topic", lambda account, id_: account.client("sns").delete_topic(TopicArn=id_)),
    ("backup.Vault", lambda account, id_: account.client("backup").delete_backup_vault(BackupVaultName=id_)),
    ("cloudtrail.Trail", lambda account, id_: account.client("cloudtrail").delete_trail(Name=id_)),
    ("iot.PolicyAttachment", _detach),
    (
        "backup.VaultLockConfiguration",
        lambda account, id_: account.client("backup").delete_backup_vault_lock_configuration(BackupVaultName=id_),
    ),
]


@pytest.mark.parametrize(("kind", "remove"), GONE, ids=[row[0] for row in GONE])
def test_what_was_deleted_by_hand_is_gone(kind: str, remove: Tamper, account: Account, provider: AWSProvider) -> None:
    with made(kind, account, provider) as (subject, _):
        remove(account, subject.id)
        assert subject.refresh() == ""


def test_a_certificate_without_a_request_is_refused(provider: AWSProvider) -> None:
    reasons = Subject(provider, TOKENS["iot.Certificate"]).refusals({"active": True})
    assert "private key would be kept in the stack's state" in reasons["csr"]


def test_no_private_key_reaches_the_state(account: Account, provider: AWSProvider) -> None:
    with made("iot.Certificate", account, provider) as (subject, _):
        assert "PRIVATE" not in repr(subject.outputs)
        assert {"privateKey", "publicKey"}.isdisjoint(subject.outputs)
        assert subject.outputs["certificatePem"].is_secret


def test_a_policy_in_use_stays(account: Account, provider: AWSProvider) -> None:
    with made("iot.Policy", account, provider) as (policy, _):
        ends = {"policy": policy.id, "target": account.ids["certificate"]}
        with made("iot.PolicyAttachment", account, provider, **ends):
            with pytest.raises(ProviderError, match="DeleteConflictException"):
                policy.delete()
            assert policy.refresh() == policy.id


def test_a_policy_changes_more_often_than_it_has_versions(account: Account, provider: AWSProvider) -> None:
    with made("iot.Policy", account, provider) as (subject, values):
        for number in range(7):
            subject.update({**values, "policy": document(str(number))})
        assert "topic/6" in str(CASES["iot.Policy"].read(account, subject.id)["policy"])


def test_a_zone_with_records_stays_unless_told_otherwise(account: Account, provider: AWSProvider) -> None:
    record = {"Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.0.0.1"}]}
    with made("route53.Zone", account, provider) as (zone, values):
        named = {**record, "Name": f"portal.{values['name']}"}
        change = {"Action": "CREATE", "ResourceRecordSet": named}
        account.client("route53").change_resource_record_sets(HostedZoneId=zone.id, ChangeBatch={"Changes": [change]})
        with pytest.raises(ProviderError, match="HostedZoneNotEmpty"):
            zone.delete()
        zone.update({**values, "forceDestroy": True})


def test_a_plan_with_a_selection_stays(account: Account, provider: AWSProvider) -> None:
    with (
        made("backup.Plan", account, provider) as (plan, _),
        made("backup.Selection", account, provider, planId=plan.id),
        pytest.raises(ProviderError, match="selections must be deleted"),
    ):
        plan.delete()


def test_a_second_detector_is_refused(account: Account, provider: AWSProvider) -> None:
    with made("guardduty.Detector", account, provider):
        second = Subject(provider, TOKENS["guardduty.Detector"])
        with pytest.raises(ProviderError, match="a detector already exists"):
            second.create({"tags": {"Name": "second"}})


def test_a_trail_whose_bucket_is_closed_is_refused(account: Account, provider: AWSProvider) -> None:
    bucket = fresh_name()
    account.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    subject = Subject(provider, TOKENS["cloudtrail.Trail"])
    with pytest.raises(ProviderError, match="InsufficientS3BucketPolicyException"):
        subject.create({"name": fresh_name(), "s3BucketName": bucket})


def test_what_aws_refuses_after_creation_leaves_a_resource_to_mend(account: Account, provider: AWSProvider) -> None:
    subject = Subject(provider, TOKENS["route53.Zone"])
    good = resolve(account, CASES["route53.Zone"].minimal(fresh_name()))
    bad = {**good, "vpcs": [*good["vpcs"], {"vpcId": "vpc-none", "vpcRegion": REGION}]}
    with pytest.raises(PartialFailure, match="InvalidVPCId") as failure:
        subject.create(bad)
    subject.id, subject.outputs = failure.value.id, failure.value.properties
    subject.update(good)
    assert not subject.diff(good).changes
    subject.delete()


def test_a_table_changes_its_billing_mode(account: Account, provider: AWSProvider) -> None:
    with made("dynamodb.Table", account, provider) as (subject, values):
        units = {"billingMode": "PROVISIONED", "readCapacity": 3, "writeCapacity": 4}
        subject.update({**values, **units})
        read = CASES["dynamodb.Table"].read(account, subject.id)
        assert {name: read[name] for name in units} == units
        subject.update(values)
        assert CASES["dynamodb.Table"].read(account, subject.id)["billingMode"] == "PAY_PER_REQUEST"
        assert not subject.diff(values).changes


def test_a_fleet_of_certificates_is_told_apart_by_their_keys(account: Account, provider: AWSProvider) -> None:
    with (
        made("iot.Certificate", account, provider) as (first, one),
        made("iot.Certificate", account, provider) as (second, other),
    ):
        assert provider.identify(first.token, first.check(one)) == first.id
        assert provider.identify(second.token, second.check(other)) == second.id
        unknown = {"active": True, "csr": signing_request(fresh_name())}
        assert provider.identify(first.token, first.check(unknown)) is None
