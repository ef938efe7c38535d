"""Logs and alarms."""

from typing import Final

from twin.aws.session import Session
from twin.framework.declaration import ResourceType

CLOUDWATCH: Final[tuple[ResourceType[Session], ...]] = ()
