"""Vaults, plans and what they are for."""

from typing import Final

from twin.aws.session import Session
from twin.framework.declaration import ResourceType

BACKUP: Final[tuple[ResourceType[Session], ...]] = ()
