"""Buckets, one type a setting, as the API has it."""

from typing import Final

from twin.aws.session import Session
from twin.framework.declaration import ResourceType

S3: Final[tuple[ResourceType[Session], ...]] = ()
