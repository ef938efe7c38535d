"""Log groups and alarms."""

from __future__ import annotations

from typing import Any

from tests.twin.aws.account import Account
from tests.twin.aws.case import Case


def given(account: Account) -> dict[str, Any]:
    alarms = ("given-alarm", "given-other-alarm")
    for name in alarms:
        account.client("cloudwatch").put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/VPN",
            MetricName="TunnelState",
            Statistic="Minimum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="LessThanThreshold",
        )
    return {
        "alarm": alarms[0],
        "other alarm": alarms[1],
    }


def _log_group(account: Account, id_: str) -> dict[str, Any]:
    logs = account.client("logs")
    (found,) = (
        item for item in logs.describe_log_groups(logGroupNamePrefix=id_)["logGroups"] if item["logGroupName"] == id_
    )
    return {
        "name": found["logGroupName"],
        "arn": found["logGroupArn"],
        "kmsKeyId": found.get("kmsKeyId"),
        "retentionInDays": found.get("retentionInDays", 0),
        "tagsAll": logs.list_tags_for_resource(resourceArn=found["logGroupArn"])["tags"],
    }


def _metric_alarm(account: Account, id_: str) -> dict[str, Any]:
    cloudwatch = account.client("cloudwatch")
    (found,) = cloudwatch.describe_alarms(AlarmNames=[id_])["MetricAlarms"]
    tags = cloudwatch.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"]
    return {
        "name": found["AlarmName"],
        "arn": found["AlarmArn"],
        "alarmDescription": found.get("AlarmDescription"),
        "comparisonOperator": found["ComparisonOperator"],
        "evaluationPeriods": found["EvaluationPeriods"],
        "datapointsToAlarm": found.get("DatapointsToAlarm"),
        "metricName": found["MetricName"],
        "namespace": found["Namespace"],
        "period": found["Period"],
        "statistic": found.get("Statistic"),
        "extendedStatistic": found.get("ExtendedStatistic"),
        "threshold": found["Threshold"],
        "treatMissingData": found["TreatMissingData"],
        "unit": found.get("Unit"),
        "dimensions": {item["Name"]: item["Value"] for item in found["Dimensions"]},
        "actionsEnabled": found["ActionsEnabled"],
        "alarmActions": set(found["AlarmActions"]),
        "okActions": set(found["OKActions"]),
        "insufficientDataActions": set(found["InsufficientDataActions"]),
        "tagsAll": {tag["Key"]: tag["Value"] for tag in tags},
    }


def _alarm(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "comparisonOperator": "LessThanThreshold",
        "evaluationPeriods": 2,
        "metricName": "TunnelState",
        "namespace": "AWS/VPN",
        "period": 60,
        "statistic": "Minimum",
        "threshold": 1,
    }


CASES = {
    "cloudwatch.LogGroup": Case(
        minimal=lambda name: {"name": name}, read=_log_group, unknowable=frozenset({"skipDestroy"})
    ),
    "cloudwatch.MetricAlarm": Case(
        minimal=_alarm, read=_metric_alarm, company={"extendedStatistic": {"statistic": None}}
    ),
}
