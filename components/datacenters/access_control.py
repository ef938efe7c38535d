"""Roles of least privilege in one vCenter, and who has them where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_vsphere as vsphere

from components.datacenters.privileges import PRIVILEGES, Role, groups_by_role, role_name


@dataclass(frozen=True)
class AccessControlArgs:
    """What an `AccessControl` is made of."""

    provider: vsphere.Provider
    """The vCenter it rules."""
    datacenter_id: pulumi.Input[str] | None
    """Where auditors and backup robots have their rights. Example: `datacenter-2`.

    None when the datacenter is not ours: they have them on the folders then.
    """
    guest_folder_ids: Mapping[str, pulumi.Input[str]]
    """Where operators have theirs: short name to folder id. Example: `{"platform": "group-v41"}`."""
    groups: Mapping[Role, str] = field(default_factory=dict[Role, str])
    """Directory group that gets each role; `privileges.default_group` where not named.

    Example: `{Role.AUDITOR: "BORDEAUX.EXAMPLE\\\\it-audit"}`.
    """


class AccessControl(pulumi.ComponentResource):
    """Roles and permissions of one vCenter; nobody gets rights above the datacenter.

    Only for objects the platform made: a permission resource owns all the rights on its object, and would take away
    what others gave there.
    """

    role_ids: Mapping[Role, pulumi.Output[str]]
    """Role to vCenter's number for it."""

    def __init__(self, name: str, args: AccessControlArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:AccessControl", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self, provider=args.provider)
        groups = groups_by_role(args.groups)
        self.role_ids = {
            role: vsphere.Role(
                f"{name}-{role.value}", name=role_name(role), role_privileges=list(PRIVILEGES[role]), opts=child
            ).id
            for role in Role
        }
        on_folders = list(Role) if args.datacenter_id is None else [Role.OPERATOR]
        if args.datacenter_id is not None:
            vsphere.EntityPermissions(
                f"{name}-datacenter",
                entity_id=args.datacenter_id,
                entity_type="Datacenter",
                permissions=self._permissions(groups, [Role.AUDITOR, Role.BACKUP]),
                opts=child,
            )
        for folder, folder_id in args.guest_folder_ids.items():
            vsphere.EntityPermissions(
                f"{name}-folder-{folder}",
                entity_id=folder_id,
                entity_type="Folder",
                permissions=self._permissions(groups, on_folders),
                opts=child,
            )
        self.register_outputs({"roleIds": self.role_ids})

    def _permissions(
        self, groups: Mapping[Role, str], roles: Sequence[Role]
    ) -> list[vsphere.EntityPermissionsPermissionArgs]:
        granted = {groups[role]: self.role_ids[role] for role in roles}
        # vCenter returns permissions ordered by principal, whatever their case; the same order here means no diff.
        return [
            vsphere.EntityPermissionsPermissionArgs(
                user_or_group=group, is_group=True, propagate=True, role_id=granted[group]
            )
            for group in sorted(granted, key=str.lower)
        ]
