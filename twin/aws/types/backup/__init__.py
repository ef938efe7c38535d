"""Vaults, plans and what they are for."""

from typing import Final

from twin.aws.session import Session
from twin.aws.types.backup.plan import PLAN
from twin.aws.types.backup.selection import SELECTION
from twin.aws.types.backup.vault import VAULT
from twin.aws.types.backup.vault_lock_configuration import VAULT_LOCK_CONFIGURATION
from twin.framework.declaration import ResourceType

BACKUP: Final[tuple[ResourceType[Session], ...]] = (VAULT, VAULT_LOCK_CONFIGURATION, PLAN, SELECTION)
