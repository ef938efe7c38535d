"""CloudWatch Logs as moto lacks it.

| AWS | moto 5.2.5 | here |
|---|---|---|
| a group gets another key, or none | no such operations | kept |
| the key exists | unseen | InvalidParameterException |
| tags go with their group | come back with the next of its name | go |
| a retention is one of AWS's periods | any number of days | InvalidParameterException |

Not mended: classes of groups, protection against deletion, the key's policy.
"""

from __future__ import annotations

from typing import Any, Final

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, EmptyResult
from moto.kms.models import kms_backends
from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.models import LogGroup, LogsBackend
from moto.logs.responses import LogsResponse

from twin.aws.server.extension.patching import parameter, replace

ADDS: Final = ("a log group gets another key, or none; the key has to exist", "only the periods of retention AWS has")
RETENTIONS: Final = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip

_create_log_group = LogsBackend.create_log_group
_delete_log_group = LogsBackend.delete_log_group
_put_retention_policy = LogsBackend.put_retention_policy


class InvalidParameterError(JsonRESTError):
    """A parameter that CloudWatch Logs rejects."""

    code = 400

    def __init__(self, reason: str) -> None:
        super().__init__("InvalidParameterException", reason)


def _check_key(backend: LogsBackend, key: str | None) -> None:
    keys = kms_backends[backend.account_id][backend.region_name].keys.values()
    if key is not None and not any(item.arn == key for item in keys):
        raise InvalidParameterError(f"The specified KMS Key Id could not be found: {key}")


def create_log_group(self: LogsBackend, log_group_name: str, tags: dict[str, str], **kwargs: Any) -> LogGroup:
    """CreateLogGroup."""
    _check_key(self, kwargs.get("kmsKeyId"))
    return _create_log_group(self, log_group_name, tags, **kwargs)


def delete_log_group(self: LogsBackend, log_group_name: str) -> None:
    """DeleteLogGroup: its tags go with it."""
    group = self.groups.get(log_group_name)
    _delete_log_group(self, log_group_name)
    if group is not None:
        self.tagger.delete_all_tags_for_resource(group.arn)


def put_retention_policy(self: LogsBackend, log_group_name: str, retention_in_days: str) -> None:
    """PutRetentionPolicy."""
    if int(retention_in_days) not in RETENTIONS:
        raise InvalidParameterError(f"Value {retention_in_days} at 'retentionInDays' is not one of {RETENTIONS}")
    _put_retention_policy(self, log_group_name, retention_in_days)


def _group(response: LogsResponse) -> LogGroup:
    group = response.logs_backend.groups.get(parameter(response, "logGroupName"))
    if group is None:
        raise ResourceNotFoundException
    return group


def associate_kms_key(self: LogsResponse) -> ActionResult:
    """AssociateKmsKey."""
    _check_key(self.logs_backend, parameter(self, "kmsKeyId"))
    _group(self).kms_key_id = parameter(self, "kmsKeyId")
    return EmptyResult()


def disassociate_kms_key(self: LogsResponse) -> ActionResult:
    """DisassociateKmsKey."""
    _group(self).kms_key_id = None
    return EmptyResult()


def extend() -> None:
    """Change moto's backend in place."""
    replace(LogsBackend, create_log_group, delete_log_group, put_retention_policy)
    replace(LogsResponse, associate_kms_key, disassociate_kms_key)
