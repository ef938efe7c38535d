"""Things, their certificates and what they may say."""

from typing import Final

from twin.aws.session import Session
from twin.framework.declaration import ResourceType

IOT: Final[tuple[ResourceType[Session], ...]] = ()
