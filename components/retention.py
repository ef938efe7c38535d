"""How long things are kept and how hard they are to delete, by what a territory is deployed for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Environment(StrEnum):
    """How long what is deployed has to live."""

    PRODUCTION = "production"
    """What holds state is protected from deletion."""
    REHEARSAL = "rehearsal"
    """Everything production has, and all of it can be deleted by the command that made it."""
    EPHEMERAL = "ephemeral"
    """Can be deleted, holds nothing that exists once in an account, and says when it is past its time."""


@dataclass(frozen=True)
class Retention:
    """What every component that keeps state is told."""

    lock_mode: Literal["COMPLIANCE", "GOVERNANCE"]
    """Whether a lock on objects binds everybody, the account's root included, or all but who may bypass it."""
    backup_days: int
    """A backup can be read for so long, and not be deleted before."""
    longest_backup_days: int
    """What a backup vault accepts at most."""
    trail_days: int
    """The same for the record of who did what in the account."""
    log_days: int
    """Logs of flows, tunnels and hosts; a number CloudWatch knows."""
    vault_lock_grace_days: int | None
    """Days after which a vault's lock can no longer be taken off by anybody; None: it always can."""
    key_deletion_days: int
    """Between the order to delete a key and its end, during which it can be taken back."""
    protect: bool
    """Whether Pulumi, and the provider where it can, refuse to delete what holds state."""

    @property
    def force_destroy(self) -> bool:
        """Whether deleting a store deletes what is in it."""
        return not self.protect


_PRODUCTION = Retention(
    lock_mode="COMPLIANCE",
    backup_days=35,
    longest_backup_days=400,
    trail_days=365,
    log_days=365,
    vault_lock_grace_days=3,
    key_deletion_days=30,
    protect=True,
)

_PASSING = Retention(
    lock_mode="GOVERNANCE",
    backup_days=1,
    longest_backup_days=7,
    trail_days=1,
    log_days=1,
    vault_lock_grace_days=None,
    key_deletion_days=7,
    protect=False,
)


def retention(environment: Environment) -> Retention:
    """The long and binding one for production; for the others the shortest, and nothing that cannot be undone."""
    return _PRODUCTION if environment is Environment.PRODUCTION else _PASSING
