"""Topics, queues and the tables that events end in."""

from typing import Final

from twin.aws.session import Session
from twin.framework.declaration import ResourceType

MESSAGING: Final[tuple[ResourceType[Session], ...]] = ()
