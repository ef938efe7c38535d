"""Topics, queues and tables."""

from __future__ import annotations

import json
from typing import Any

from tests.twin.aws.account import ACCOUNT, Account
from tests.twin.aws.case import Case
from twin.framework.declaration import Given


def _policy(service: str, *actions: str) -> str:
    """A policy that lets a service of AWS do these things."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": list(actions),
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def given(account: Account) -> dict[str, Any]:
    sns, sqs = account.client("sns"), account.client("sqs")
    ids: dict[str, Any] = {
        "topic policy": _policy("cloudwatch.amazonaws.com", "SNS:Publish"),
        "other topic policy": _policy("cloudtrail.amazonaws.com", "SNS:Publish"),
        "queue policy": _policy("sns.amazonaws.com", "sqs:SendMessage"),
        "other queue policy": _policy("events.amazonaws.com", "sqs:SendMessage"),
    }
    for prefix in ("", "other "):
        name = f"given-{prefix.strip() or 'one'}"
        ids[f"{prefix}topic"] = sns.create_topic(Name=name)["TopicArn"]
        ids[f"{prefix}queue"] = sqs.create_queue(QueueName=name)["QueueUrl"]
        dead = {"deadLetterTargetArn": f"arn:aws:sqs:eu-west-3:{ACCOUNT}:{name}", "maxReceiveCount": 5}
        ids[f"{prefix}redrive"] = json.dumps(dead)
    return ids


def _topic(account: Account, id_: str) -> dict[str, Any]:
    sns = account.client("sns")
    found = sns.get_topic_attributes(TopicArn=id_)["Attributes"]
    tags = sns.list_tags_for_resource(ResourceArn=id_)["Tags"]
    return {
        "name": id_.rsplit(":", maxsplit=1)[-1],
        "arn": found["TopicArn"],
        "owner": found["Owner"],
        "displayName": found["DisplayName"],
        "kmsMasterKeyId": found.get("KmsMasterKeyId"),
        "policy": json.loads(found["Policy"]),
        "deliveryPolicy": json.loads(found["DeliveryPolicy"]) if found["DeliveryPolicy"] else None,
        "tagsAll": {tag["Key"]: tag["Value"] for tag in tags},
    }


def _topic_policy(account: Account, id_: str) -> dict[str, Any]:
    return {"arn": id_, **{key: value for key, value in _topic(account, id_).items() if key in ("policy", "owner")}}


def _queue(account: Account, id_: str) -> dict[str, Any]:
    sqs = account.client("sqs")
    found = sqs.get_queue_attributes(QueueUrl=id_, AttributeNames=["All"])["Attributes"]
    return {
        "name": found["QueueArn"].split(":")[-1],
        "arn": found["QueueArn"],
        "url": sqs.get_queue_url(QueueName=found["QueueArn"].split(":")[-1])["QueueUrl"],
        "delaySeconds": int(found["DelaySeconds"]),
        "maxMessageSize": int(found["MaximumMessageSize"]),
        "messageRetentionSeconds": int(found["MessageRetentionPeriod"]),
        "receiveWaitTimeSeconds": int(found["ReceiveMessageWaitTimeSeconds"]),
        "visibilityTimeoutSeconds": int(found["VisibilityTimeout"]),
        "kmsMasterKeyId": found.get("KmsMasterKeyId"),
        "kmsDataKeyReusePeriodSeconds": int(found.get("KmsDataKeyReusePeriodSeconds", 300)),
        "sqsManagedSseEnabled": found["SqsManagedSseEnabled"] == "true",
        "policy": json.loads(found["Policy"]) if "Policy" in found else None,
        "redrivePolicy": json.loads(found["RedrivePolicy"]) if "RedrivePolicy" in found else None,
        "tagsAll": sqs.list_queue_tags(QueueUrl=id_).get("Tags", {}),
    }


def _queue_policy(account: Account, id_: str) -> dict[str, Any]:
    return {"queueUrl": id_, "policy": _queue(account, id_)["policy"]}


def _table(account: Account, id_: str) -> dict[str, Any]:
    dynamodb = account.client("dynamodb")
    found = dynamodb.describe_table(TableName=id_)["Table"]
    recovery = dynamodb.describe_continuous_backups(TableName=id_)["ContinuousBackupsDescription"]
    period = recovery["PointInTimeRecoveryDescription"]
    ttl = dynamodb.describe_time_to_live(TableName=id_)["TimeToLiveDescription"]
    keys = {item["KeyType"]: item["AttributeName"] for item in found["KeySchema"]}
    tags = dynamodb.list_tags_of_resource(ResourceArn=found["TableArn"])["Tags"]
    return {
        "name": found["TableName"],
        "arn": found["TableArn"],
        "hashKey": keys["HASH"],
        "rangeKey": keys.get("RANGE"),
        "attributes": [{"name": a["AttributeName"], "type": a["AttributeType"]} for a in found["AttributeDefinitions"]],
        "billingMode": found["BillingModeSummary"]["BillingMode"],
        "readCapacity": found["ProvisionedThroughput"]["ReadCapacityUnits"],
        "writeCapacity": found["ProvisionedThroughput"]["WriteCapacityUnits"],
        "deletionProtectionEnabled": found["DeletionProtectionEnabled"],
        "serverSideEncryption": {
            "enabled": "SSEDescription" in found,
            "kmsKeyArn": found.get("SSEDescription", {}).get("KMSMasterKeyArn"),
        },
        "pointInTimeRecovery": {
            "enabled": period["PointInTimeRecoveryStatus"] == "ENABLED",
            "recoveryPeriodInDays": period.get("RecoveryPeriodInDays"),
        },
        "ttl": {"attributeName": ttl.get("AttributeName", "until"), "enabled": ttl["TimeToLiveStatus"] == "ENABLED"},
        "tagsAll": {tag["Key"]: tag["Value"] for tag in tags},
    }


def _events(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "hashKey": "id",
        "attributes": [{"name": "id", "type": "S"}],
        "billingMode": "PAY_PER_REQUEST",
    }


_PROVISIONED = {"billingMode": "PROVISIONED", "readCapacity": 2, "writeCapacity": 2}
_TWO_KEYS = [{"name": "id", "type": "S"}, {"name": "place", "type": "S"}]

CASES: dict[str, Case] = {
    "sns.Topic": Case(
        minimal=lambda name: {"name": name},
        read=_topic,
        nothing=f"arn:aws:sns:eu-west-3:{ACCOUNT}:nothing",
    ),
    "sns.TopicPolicy": Case(
        minimal=lambda name: {"arn": Given("topic"), "policy": Given("topic policy")},
        read=_topic_policy,
        nothing=f"arn:aws:sns:eu-west-3:{ACCOUNT}:nothing",
    ),
    "sqs.Queue": Case(
        minimal=lambda name: {"name": name},
        read=_queue,
        company={"kmsDataKeyReusePeriodSeconds": {"kmsMasterKeyId": Given("key")}},
        nothing="http://127.0.0.1/nothing",
    ),
    "sqs.QueuePolicy": Case(
        minimal=lambda name: {"queueUrl": Given("queue"), "policy": Given("queue policy")},
        read=_queue_policy,
        nothing="http://127.0.0.1/nothing",
    ),
    "dynamodb.Table": Case(
        minimal=_events,
        read=_table,
        company={
            "readCapacity": _PROVISIONED,
            "writeCapacity": _PROVISIONED,
            "rangeKey": {"attributes": _TWO_KEYS},
        },
    ),
}
