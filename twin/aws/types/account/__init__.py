"""What an account has once: trails, detectors, its own blocks."""

from typing import Final

from twin.aws.session import Session
from twin.aws.types.account.detector import DETECTOR
from twin.aws.types.account.trail import TRAIL
from twin.framework.declaration import ResourceType

ACCOUNT: Final[tuple[ResourceType[Session], ...]] = (TRAIL, DETECTOR)
