"""CloudTrail as moto lacks it.

| AWS | moto 5.2.5 | here |
|---|---|---|
| the bucket's policy must let CloudTrail write | the bucket must exist | InsufficientS3BucketPolicyException |
| a trail's name is taken once | overwritten | TrailAlreadyExistsException |
| deleting a trail that is not there is refused | passes | TrailNotFoundException |
| a topic's policy must let CloudTrail publish | the topic must exist | InsufficientSnsTopicPolicyException |
| a log group is an ARN that ends in `:*`, with a role CloudTrail can assume | kept unseen | checked |
| the key must exist, whatever names it; trails tell its ARN | echoed | KmsKeyDoesNotExistException, ARN |
| tags go with their trail | come back with the next of its name | go |
| selectors replace each other, and `DescribeTrails` tells there are some | never told | told |
| an emptied setting is gone | stays as an empty string | gone |

Not mended: events themselves (nothing is delivered), insights, organisation trails, the key's policy.
"""

from __future__ import annotations

from typing import Any

from moto.cloudtrail.models import CloudTrailBackend, Trail
from moto.core.exceptions import JsonRESTError
from moto.kms.models import kms_backends
from moto.logs.models import logs_backends
from moto.s3.models import s3_backends
from moto.sns.models import sns_backends

from twin.aws.server.extension.patching import replace
from twin.aws.server.extension.policy_documents import allows, assumable

ADDS = (
    "the policies of bucket and topic have to let CloudTrail write",
    "one trail a name",
    "the log group, its role and the key have to exist",
    "a trail tells that it has event selectors",
)
SERVICE = "cloudtrail.amazonaws.com"
OPTIONAL = ("s3_key_prefix", "sns_topic_name", "cw_log_group_arn", "cw_role_arn", "kms_key_id")

EVERYTHING = [{"ReadWriteType": "All", "IncludeManagementEvents": True}]
"""What every trail selects until it is told otherwise."""

_create_trail = CloudTrailBackend.create_trail
_delete_trail = CloudTrailBackend.delete_trail
_update_trail = CloudTrailBackend.update_trail
_description = Trail.description
_put_event_selectors = Trail.put_event_selectors


class TrailError(JsonRESTError):
    """A request that CloudTrail rejects."""

    code = 400


def create_trail(self: CloudTrailBackend, name: str, bucket_name: str, *rest: Any, **named: Any) -> Trail:
    """CreateTrail."""
    if name in self.trails:
        raise TrailError("TrailAlreadyExistsException", f"Trail {name} already exists for customer: {self.account_id}")
    trail = _create_trail(self, name, bucket_name, *rest, **named)
    try:
        _settle(trail)
    except JsonRESTError:
        del self.trails[name]
        raise
    return trail


def update_trail(self: CloudTrailBackend, name: str, **named: Any) -> Trail:
    """UpdateTrail: all of it, or nothing."""
    trail = self.get_trail(name)
    before = dict(vars(trail))
    _update_trail(self, name, **named)
    try:
        trail.check_bucket_exists()
        trail.check_topic_exists()
        _settle(trail)
    except JsonRESTError:
        vars(trail).update(before)
        raise
    return trail


def delete_trail(self: CloudTrailBackend, name: str) -> None:
    """DeleteTrail."""
    trail = self.get_trail(name)
    self.tagging_service.delete_all_tags_for_resource(trail.arn)
    _delete_trail(self, trail.trail_name)


def _settle(trail: Trail) -> None:
    """Check what a trail refers to, and bring it to the form in which it is told."""
    for name in OPTIONAL:
        if getattr(trail, name) == "":
            setattr(trail, name, None)
    _check_bucket(trail)
    _check_topic(trail)
    _check_logs(trail)
    if trail.kms_key_id:
        trail.kms_key_id = _key_arn(trail)


def _check_bucket(trail: Trail) -> None:
    bucket = f"arn:{trail.partition}:s3:::{trail.bucket_name}"
    prefix = f"{trail.s3_key_prefix}/" if trail.s3_key_prefix else ""
    log = f"{bucket}/{prefix}AWSLogs/{trail.account_id}/CloudTrail/{trail.region_name}/log.json.gz"
    policy = s3_backends[trail.account_id][trail.partition].get_bucket(trail.bucket_name).policy
    for action, resource in (("s3:GetBucketAcl", bucket), ("s3:PutObject", log)):
        if not allows(policy, SERVICE, action, resource, trail.arn, trail.account_id):
            raise TrailError(
                "InsufficientS3BucketPolicyException",
                f"Incorrect S3 bucket policy is detected for bucket: {trail.bucket_name}",
            )


def _check_topic(trail: Trail) -> None:
    arn = trail.topic_arn
    if arn is None:
        return
    policy = sns_backends[trail.account_id][trail.region_name].get_topic(arn).policy
    if not allows(policy, SERVICE, "SNS:Publish", arn, trail.arn, trail.account_id):
        raise TrailError(
            "InsufficientSnsTopicPolicyException", "SNS Topic does not exist or the topic policy is incorrect!"
        )


def _check_logs(trail: Trail) -> None:
    arn, role = trail.cw_log_group_arn, trail.cw_role_arn
    if not arn and not role:
        return
    if not arn or not role:
        raise TrailError(
            "InvalidParameterCombinationException", "You must specify both a CloudWatch Logs log group and a role"
        )
    groups = logs_backends[trail.account_id][trail.region_name].groups.values()
    if not any(arn == f"{group.arn}:*" for group in groups):
        raise TrailError("InvalidCloudWatchLogsLogGroupArnException", f"CloudTrail cannot validate log group {arn}")
    if not assumable(trail.account_id, trail.region_name, role, SERVICE):
        raise TrailError("InvalidCloudWatchLogsRoleArnException", f"Access denied. Check the trust of role {role}")


def _key_arn(trail: Trail) -> str:
    keys = kms_backends[trail.account_id][trail.region_name]
    try:
        return str(keys.describe_key(trail.kms_key_id).arn)
    except (JsonRESTError, KeyError) as error:
        raise TrailError("KmsKeyDoesNotExistException", f"KMS key {trail.kms_key_id} does not exist") from error


def put_event_selectors(
    self: Trail,
    event_selectors: list[dict[str, Any]] | None,
    advanced_event_selectors: list[dict[str, Any]] | None,
) -> None:
    """PutEventSelectors: one kind replaces the other."""
    self.event_selectors, self.advanced_event_selectors = [], []
    _put_event_selectors(self, event_selectors or [], advanced_event_selectors or [])


def description(self: Trail, include_region: bool = False) -> dict[str, Any]:
    """A trail as CloudTrail tells it."""
    told = _description(self, include_region)
    plain = [{key: value for key, value in item.items() if value} for item in self.event_selectors]
    told["HasCustomEventSelectors"] = bool(self.advanced_event_selectors) or plain not in ([], EVERYTHING)
    return {"HomeRegion": self.region_name, **{key: value for key, value in told.items() if value is not None}}


def extend() -> None:
    """Change moto's backend in place."""
    replace(CloudTrailBackend, create_trail, update_trail, delete_trail)
    replace(Trail, put_event_selectors, description)
