from __future__ import annotations

import pytest

from components.retention import Environment, retention

CLOUDWATCH_DAYS = {1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288}


def test_production_binds_everybody_and_is_protected():
    kept = retention(Environment.PRODUCTION)
    assert (kept.lock_mode, kept.protect, kept.force_destroy) == ("COMPLIANCE", True, False)
    assert kept.vault_lock_grace_days == 3


@pytest.mark.parametrize("environment", [Environment.REHEARSAL, Environment.EPHEMERAL])
def test_everything_else_can_be_taken_back_at_once(environment: Environment):
    kept = retention(environment)
    assert (kept.lock_mode, kept.protect, kept.force_destroy) == ("GOVERNANCE", False, True)
    assert kept.vault_lock_grace_days is None
    assert (kept.backup_days, kept.trail_days, kept.log_days, kept.key_deletion_days) == (1, 1, 1, 7)


@pytest.mark.parametrize("environment", Environment)
def test_periods_are_those_the_provider_knows(environment: Environment):
    kept = retention(environment)
    assert kept.log_days in CLOUDWATCH_DAYS
    assert 7 <= kept.key_deletion_days <= 30
    assert 1 <= kept.backup_days <= kept.longest_backup_days
    assert kept.vault_lock_grace_days is None or kept.vault_lock_grace_days >= 3
