"""Who may do what in a vCenter: each role with the privileges its work needs and no more.

`System.Anonymous`, `System.Read` and `System.View` come with every role and are never written down: vCenter adds them
itself and reports them separately. Lists are sorted, as vCenter returns them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """The people and robots that work in a vCenter beside the platform's own automation."""

    OPERATOR = "operator"
    """Keeps guests running: power, console, snapshots. Cannot create, delete or reconfigure one."""
    BACKUP = "backup"
    """Reads disks through snapshots and writes nothing back into a guest."""
    AUDITOR = "auditor"
    """Reads everything, changes nothing."""


PRIVILEGES: Mapping[Role, tuple[str, ...]] = {
    Role.OPERATOR: (
        "VirtualMachine.Interact.AnswerQuestion",
        "VirtualMachine.Interact.ConsoleInteract",
        "VirtualMachine.Interact.PowerOff",
        "VirtualMachine.Interact.PowerOn",
        "VirtualMachine.Interact.Reset",
        "VirtualMachine.State.CreateSnapshot",
        "VirtualMachine.State.RemoveSnapshot",
        "VirtualMachine.State.RevertToSnapshot",
    ),
    Role.BACKUP: (
        "Datastore.AllocateSpace",
        "Datastore.Browse",
        "Global.DisableMethods",
        "Global.EnableMethods",
        "VirtualMachine.Config.ChangeTracking",
        "VirtualMachine.Config.DiskLease",
        "VirtualMachine.Provisioning.DiskRandomRead",
        "VirtualMachine.Provisioning.GetVmFiles",
        "VirtualMachine.State.CreateSnapshot",
        "VirtualMachine.State.RemoveSnapshot",
    ),
    Role.AUDITOR: (
        "Profile.View",
        "StorageProfile.View",
        "StorageViews.View",
    ),
}


def role_name(role: Role) -> str:
    """What the role is called in a vCenter. Example: `metropole-operator`."""
    return f"metropole-{role.value}"


def default_group(role: Role) -> str:
    """The directory group that gets the role where the configuration names no other.

    Upper-case domain: vCenter stores it so. Example: `VSPHERE.LOCAL\\metropole-operators`.
    """
    return f"VSPHERE.LOCAL\\metropole-{role.value}s"


def groups_by_role(named: Mapping[Role, str]) -> Mapping[Role, str]:
    """Role to its group, defaults filled in.

    Raises `ValueError` when two roles share a group: vCenter lets a group have one role on an object, and the one given
    further down replaces the other.
    """
    groups = {role: named.get(role, default_group(role)) for role in Role}
    owner: dict[str, Role] = {}
    for role, group in groups.items():
        other = owner.setdefault(group.lower(), role)
        if other is not role:
            raise ValueError(f"the roles {other.value} and {role.value} are both given to {group}; name two groups")
    return groups
