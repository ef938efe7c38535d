"""Private networks, their routes and filters, and the machines in them."""

from typing import Final

from twin.aws.session import Session
from twin.framework.declaration import ResourceType

EC2: Final[tuple[ResourceType[Session], ...]] = ()
