"""What an account has once: its trail, its detector."""

from __future__ import annotations

import json
from typing import Any

from tests.twin.aws.account import ACCOUNT, REGION, Account
from tests.twin.aws.case import Case
from tests.twin.aws.families.backup import trust
from twin.framework.declaration import Given

SERVICE = "cloudtrail.amazonaws.com"


def bucket_policy(bucket: str) -> str:
    """What lets CloudTrail write."""
    arn = f"arn:aws:s3:::{bucket}"
    allow = {"Effect": "Allow", "Principal": {"Service": SERVICE}}
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {**allow, "Action": "s3:GetBucketAcl", "Resource": arn},
                {
                    **allow,
                    "Action": "s3:PutObject",
                    "Resource": f"{arn}/*AWSLogs/{ACCOUNT}/*",
                    "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}},
                },
            ],
        }
    )


def given(account: Account) -> dict[str, Any]:
    s3, sns, logs, iam = (account.client(service) for service in ("s3", "sns", "logs", "iam"))
    ids: dict[str, Any] = {}
    for prefix in ("", "other "):
        name = f"given-trail-{prefix.strip() or 'one'}"
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_bucket_policy(Bucket=name, Policy=bucket_policy(name))
        topic = sns.create_topic(Name=name)["TopicArn"]
        allow = {"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "SNS:Publish", "Resource": topic}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
        logs.create_log_group(logGroupName=name)
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(SERVICE))
        ids[f"{prefix}trail bucket"] = ids[f"{prefix}topic name"] = name
        ids[f"{prefix}trail log group"] = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}:*"
        ids[f"{prefix}trail role"] = role["Role"]["Arn"]
    return ids


def _event_selector(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "readWriteType": found["ReadWriteType"],
        "includeManagementEvents": found["IncludeManagementEvents"],
        "dataResources": [{"type": item["Type"], "values": item["Values"]} for item in found.get("DataResources", [])],
    }


def _advanced_selector(found: dict[str, Any]) -> dict[str, Any]:
    fields = [{"field": item["Field"], "equals": item["Equals"]} for item in found["FieldSelectors"]]
    return {"name": found["Name"], "fieldSelectors": fields}


def _trail(account: Account, id_: str) -> dict[str, Any]:
    cloudtrail = account.client("cloudtrail")
    (found,) = (item for item in cloudtrail.describe_trails()["trailList"] if item["TrailARN"] == id_)
    selectors = cloudtrail.get_event_selectors(TrailName=id_)
    tags = cloudtrail.list_tags(ResourceIdList=[id_])["ResourceTagList"][0]["TagsList"]
    return {
        "name": found["Name"],
        "arn": found["TrailARN"],
        "homeRegion": found["HomeRegion"],
        "snsTopicArn": found.get("SnsTopicARN"),
        "s3BucketName": found["S3BucketName"],
        "s3KeyPrefix": found.get("S3KeyPrefix"),
        "cloudWatchLogsGroupArn": found.get("CloudWatchLogsLogGroupArn"),
        "cloudWatchLogsRoleArn": found.get("CloudWatchLogsRoleArn"),
        "enableLogFileValidation": found["LogFileValidationEnabled"],
        "enableLogging": cloudtrail.get_trail_status(Name=id_)["IsLogging"],
        "includeGlobalServiceEvents": found["IncludeGlobalServiceEvents"],
        "isMultiRegionTrail": found["IsMultiRegionTrail"],
        "kmsKeyId": found.get("KmsKeyId"),
        "snsTopicName": found.get("SnsTopicName"),
        "eventSelectors": [_event_selector(item) for item in selectors["EventSelectors"]],
        "advancedEventSelectors": [_advanced_selector(item) for item in selectors["AdvancedEventSelectors"]],
        "tagsAll": {tag["Key"]: tag["Value"] for tag in tags},
    }


def _detector(account: Account, id_: str) -> dict[str, Any]:
    found = account.client("guardduty").get_detector(DetectorId=id_)
    sources = found["DataSources"]
    return {
        "enable": found["Status"] == "ENABLED",
        "findingPublishingFrequency": found["FindingPublishingFrequency"],
        "datasources": {
            "s3Logs": {"enable": sources["S3Logs"]["Status"] == "ENABLED"},
            "kubernetes": {"auditLogs": {"enable": sources["Kubernetes"]["AuditLogs"]["Status"] == "ENABLED"}},
        },
        "accountId": ACCOUNT,
        "arn": f"arn:aws:guardduty:{REGION}:{ACCOUNT}:detector/{id_}",
        "tagsAll": found["Tags"],
    }


CASES = {
    "cloudtrail.Trail": Case(
        minimal=lambda name: {"name": name, "s3BucketName": Given("trail bucket")},
        read=_trail,
        company={
            "cloudWatchLogsGroupArn": {"cloudWatchLogsRoleArn": Given("trail role")},
            "cloudWatchLogsRoleArn": {"cloudWatchLogsGroupArn": Given("trail log group")},
        },
        nothing=f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/nothing",
    ),
    "guardduty.Detector": Case(minimal=lambda name: {"tags": {"Name": name}}, read=_detector, nothing="0" * 32),
}
