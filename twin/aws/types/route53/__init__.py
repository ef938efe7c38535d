"""Names, and the checks that decide what they answer."""

from typing import Final

from twin.aws.session import Session
from twin.aws.types.route53.health_check import HEALTH_CHECK
from twin.aws.types.route53.record import RECORD
from twin.aws.types.route53.zone import ZONE
from twin.framework.declaration import ResourceType

ROUTE53: Final[tuple[ResourceType[Session], ...]] = (ZONE, HEALTH_CHECK, RECORD)
