from __future__ import annotations

import pytest

from components.datacenters.privileges import PRIVILEGES, Role, groups_by_role

ADMINISTRATIVE = (
    "Authorization.",
    "Certificate",
    "Cryptographer.",
    "Extension.",
    "Global.Settings",
    "Host.",
    "Sessions.",
    "VirtualMachine.Config.AdvancedConfig",
    "VirtualMachine.GuestOperations.",
    "VirtualMachine.Inventory.",
)
"""Privileges by which one could raise oneself above one's role."""


@pytest.mark.parametrize("role", Role)
def test_lists_are_sorted_without_what_vcenter_adds(role: Role):
    assert list(PRIVILEGES[role]) == sorted(set(PRIVILEGES[role]))
    assert not [privilege for privilege in PRIVILEGES[role] if privilege.startswith("System.")]


@pytest.mark.parametrize("role", Role)
def test_nobody_can_raise_themselves(role: Role):
    assert not [privilege for privilege in PRIVILEGES[role] if privilege.startswith(ADMINISTRATIVE)]


def test_an_auditor_only_looks():
    assert {privilege.rpartition(".")[2] for privilege in PRIVILEGES[Role.AUDITOR]} == {"View"}


def test_groups_not_named_have_a_default():
    assert groups_by_role({Role.AUDITOR: "BORDEAUX\\audit"}) == {
        Role.OPERATOR: "VSPHERE.LOCAL\\metropole-operators",
        Role.BACKUP: "VSPHERE.LOCAL\\metropole-backups",
        Role.AUDITOR: "BORDEAUX\\audit",
    }


def test_two_roles_cannot_share_a_group():
    with pytest.raises(ValueError, match="two groups") as caught:
        groups_by_role({Role.BACKUP: "BORDEAUX\\it", Role.AUDITOR: "bordeaux\\IT"})

    assert str(caught.value) == "the roles backup and auditor are both given to bordeaux\\IT; name two groups"
