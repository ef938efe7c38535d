"""Who may do what."""

from typing import Final

from twin.aws.session import Session
from twin.framework.declaration import ResourceType

IAM: Final[tuple[ResourceType[Session], ...]] = ()
