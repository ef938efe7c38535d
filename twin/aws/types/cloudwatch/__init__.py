"""Logs and alarms."""

from typing import Final

from twin.aws.session import Session
from twin.aws.types.cloudwatch.log_group import LOG_GROUP
from twin.aws.types.cloudwatch.metric_alarm import METRIC_ALARM
from twin.framework.declaration import ResourceType

CLOUDWATCH: Final[tuple[ResourceType[Session], ...]] = (LOG_GROUP, METRIC_ALARM)
