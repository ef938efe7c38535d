"""CloudTrail, GuardDuty, and what logs, queues and tables keep, as the simulated cloud has them."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from typing import Any

import pytest

from tests.twin.aws.extension.simulated import REGION, Clients, refusal, role, simulated

pytestmark = pytest.mark.api

SERVICE = "cloudtrail.amazonaws.com"


@pytest.fixture
def clients() -> Generator[Clients]:
    with simulated("cloudtrail", "cloudwatch", "guardduty", "logs", "sqs", "dynamodb") as found:
        yield found


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _statements(clients: Clients, trail: str = "events", prefix: str = "") -> list[dict[str, Any]]:
    account, bucket = clients.account, f"arn:aws:s3:::{_bucket(clients)}"
    source = {"StringEquals": {"aws:SourceArn": f"arn:aws:cloudtrail:{REGION}:{account}:trail/{trail}"}}
    may = {"Effect": "Allow", "Principal": {"Service": SERVICE}, "Condition": source}
    return [
        {**may, "Action": "s3:GetBucketAcl", "Resource": bucket},
        {**may, "Action": "s3:PutObject", "Resource": f"{bucket}/{prefix}AWSLogs/{account}/*"},
    ]


def _bucket(clients: Clients) -> str:
    return f"events-of-{clients.account}"


@pytest.fixture
def bucket(clients: Clients) -> str:
    s3, name = clients("s3"), _bucket(clients)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_policy(Bucket=name, Policy=_policy(*_statements(clients)))
    return name


def _trail(clients: Clients, **settings: Any) -> Any:
    return clients("cloudtrail").create_trail(**{"Name": "events", "S3BucketName": _bucket(clients), **settings})


def _of_another_service(clients: Clients) -> list[dict[str, Any]]:
    return [{**item, "Principal": {"Service": "ec2.amazonaws.com"}} for item in _statements(clients)]


NOT_ENOUGH: dict[str, Callable[[Clients], list[dict[str, Any]]]] = {
    "no log": lambda clients: _statements(clients)[:1],
    "no list": lambda clients: _statements(clients)[1:],
    "another trail": lambda clients: _statements(clients, trail="other"),
    "another place": lambda clients: _statements(clients, prefix="elsewhere/"),
    "another service": _of_another_service,
}


@pytest.mark.parametrize("statements", NOT_ENOUGH.values(), ids=NOT_ENOUGH)
def test_a_bucket_has_to_let_cloudtrail_write(
    clients: Clients, bucket: str, statements: Callable[[Clients], list[dict[str, Any]]]
) -> None:
    clients("s3").put_bucket_policy(Bucket=bucket, Policy=_policy(*statements(clients)))
    assert refusal(lambda: _trail(clients))[0] == "InsufficientS3BucketPolicyException"
    assert clients("cloudtrail").list_trails()["Trails"] == []


def test_one_trail_a_name(clients: Clients, bucket: str) -> None:
    _trail(clients)
    assert refusal(lambda: _trail(clients))[0] == "TrailAlreadyExistsException"
    clients("cloudtrail").delete_trail(Name="events")
    assert refusal(lambda: clients("cloudtrail").delete_trail(Name="events"))[0] == "TrailNotFoundException"


def test_what_a_trail_refers_to_exists(clients: Clients, bucket: str) -> None:
    missing = {"CloudWatchLogsLogGroupArn": f"arn:aws:logs:{REGION}:{clients.account}:log-group:none:*"}
    trusted = role(clients, "delivery", SERVICE)
    assert refusal(lambda: _trail(clients, KmsKeyId="none"))[0] == "KmsKeyDoesNotExistException"
    refused = refusal(lambda: _trail(clients, **missing, CloudWatchLogsRoleArn=trusted))[0]
    assert refused == "InvalidCloudWatchLogsLogGroupArnException"
    clients("sns").create_topic(Name="closed")
    assert refusal(lambda: _trail(clients, SnsTopicName="closed"))[0] == "InsufficientSnsTopicPolicyException"


def test_a_refused_change_changes_nothing(clients: Clients, bucket: str) -> None:
    _trail(clients)
    cloudtrail = clients("cloudtrail")
    changed = lambda: cloudtrail.update_trail(Name="events", S3KeyPrefix="elsewhere")  # noqa: E731
    assert refusal(changed)[0] == "InsufficientS3BucketPolicyException"
    assert "S3KeyPrefix" not in cloudtrail.get_trail(Name="events")["Trail"]


def test_selectors_replace_each_other(clients: Clients, bucket: str) -> None:
    _trail(clients)
    cloudtrail = clients("cloudtrail")
    assert not cloudtrail.get_trail(Name="events")["Trail"]["HasCustomEventSelectors"]
    fields = [{"Field": "eventCategory", "Equals": ["Management"]}]
    cloudtrail.put_event_selectors(TrailName="events", AdvancedEventSelectors=[{"FieldSelectors": fields}])
    cloudtrail.put_event_selectors(
        TrailName="events", EventSelectors=[{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True}]
    )
    found = cloudtrail.get_event_selectors(TrailName="events")
    assert [len(found.get(kind, [])) for kind in ("EventSelectors", "AdvancedEventSelectors")] == [1, 0]
    assert cloudtrail.get_trail(Name="events")["Trail"]["HasCustomEventSelectors"]


def test_one_detector_a_region(clients: Clients) -> None:
    guardduty = clients("guardduty")
    id_ = guardduty.create_detector(Enable=True, Tags={"Name": "one"})["DetectorId"]
    code, said = refusal(lambda: guardduty.create_detector(Enable=True))
    assert (code, "a detector already exists" in said) == ("BadRequestException", True)
    arn = f"arn:aws:guardduty:{REGION}:{clients.account}:detector/{id_}"
    guardduty.tag_resource(ResourceArn=arn, Tags={"owner": "city"})
    guardduty.untag_resource(ResourceArn=arn, TagKeys=["Name"])
    assert guardduty.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"owner": "city"}
    guardduty.delete_detector(DetectorId=id_)
    assert "not owned by the current account" in refusal(lambda: guardduty.delete_detector(DetectorId=id_))[1]
    guardduty.create_detector(Enable=True)


def test_a_frequency_guardduty_does_not_know_is_refused(clients: Clients) -> None:
    made = lambda: clients("guardduty").create_detector(Enable=True, FindingPublishingFrequency="OFTEN")  # noqa: E731
    assert refusal(made)[0] == "BadRequestException"


def test_log_groups_take_periods_and_keys_that_exist(clients: Clients) -> None:
    logs = clients("logs")
    logs.create_log_group(logGroupName="flows")
    kept = lambda: logs.put_retention_policy(logGroupName="flows", retentionInDays=29)  # noqa: E731
    assert refusal(kept)[0] == "InvalidParameterException"
    named = lambda: logs.associate_kms_key(logGroupName="flows", kmsKeyId="none")  # noqa: E731
    assert refusal(named)[0] == "InvalidParameterException"
    key = clients("kms").create_key()["KeyMetadata"]["Arn"]
    logs.associate_kms_key(logGroupName="flows", kmsKeyId=key)
    assert logs.describe_log_groups()["logGroups"][0]["kmsKeyId"] == key


def test_tags_go_with_what_bears_them(clients: Clients, bucket: str) -> None:
    logs, cloudtrail = clients("logs"), clients("cloudtrail")
    _trail(clients, TagsList=[{"Key": "Name", "Value": "old"}])
    logs.create_log_group(logGroupName="flows", tags={"Name": "old"})
    cloudtrail.delete_trail(Name="events")
    logs.delete_log_group(logGroupName="flows")
    arn = _trail(clients)["TrailARN"]
    logs.create_log_group(logGroupName="flows")
    assert cloudtrail.list_tags(ResourceIdList=[arn])["ResourceTagList"][0]["TagsList"] == []
    group = logs.describe_log_groups()["logGroups"][0]["logGroupArn"]
    assert logs.list_tags_for_resource(resourceArn=group)["tags"] == {}


def test_an_alarm_begins_without_data_and_keeps_its_state(clients: Clients) -> None:
    cloudwatch = clients("cloudwatch")

    def put(threshold: float) -> str:
        cloudwatch.put_metric_alarm(
            AlarmName="lost", Namespace="AWS/VPN", MetricName="TunnelState", Statistic="Maximum", Period=60,
            EvaluationPeriods=1, Threshold=threshold, ComparisonOperator="LessThanThreshold",
        )  # fmt: skip
        return str(cloudwatch.describe_alarms(AlarmNames=["lost"])["MetricAlarms"][0]["StateValue"])

    assert put(1) == "INSUFFICIENT_DATA"
    cloudwatch.set_alarm_state(AlarmName="lost", StateValue="ALARM", StateReason="test")
    assert put(2) == "ALARM"


def test_a_queue_keeps_what_is_not_named(clients: Clients) -> None:
    sqs = clients("sqs")
    open_to_sns = _policy({"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:*"})
    url = sqs.create_queue(QueueName="events", Attributes={"Policy": open_to_sns})["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "60"})
    seen = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert (seen["Policy"], seen["SqsManagedSseEnabled"]) == (open_to_sns, "true")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"KmsMasterKeyId": "alias/aws/sqs"})
    seen = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert (seen["KmsMasterKeyId"], seen["SqsManagedSseEnabled"]) == ("alias/aws/sqs", "false")
    wrong = lambda: sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": "open"})  # noqa: E731
    assert "Policy" in refusal(wrong)[1]


def test_a_table_changes_its_key_and_its_mode(clients: Clients) -> None:
    dynamodb, keys = clients("dynamodb"), clients("kms")
    dynamodb.create_table(
        TableName="events",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PROVISIONED",
        ProvisionedThroughput={"ReadCapacityUnits": 2, "WriteCapacityUnits": 2},
    )
    key = keys.create_key()["KeyMetadata"]
    encryption = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key["KeyId"]}
    dynamodb.update_table(TableName="events", SSESpecification=encryption)
    dynamodb.update_table(TableName="events", BillingMode="PAY_PER_REQUEST")
    found = dynamodb.describe_table(TableName="events")["Table"]
    assert found["SSEDescription"]["KMSMasterKeyArn"] == key["Arn"]
    assert found["ProvisionedThroughput"]["ReadCapacityUnits"] == 0
    lost = {"Enabled": True, "KMSMasterKeyId": "none"}
    assert "does not exist" in refusal(lambda: dynamodb.update_table(TableName="events", SSESpecification=lost))[1]
