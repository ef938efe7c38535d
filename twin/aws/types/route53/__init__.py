"""Names, and the checks that decide what they answer."""

from typing import Final

from twin.aws.session import Session
from twin.framework.declaration import ResourceType

ROUTE53: Final[tuple[ResourceType[Session], ...]] = ()
