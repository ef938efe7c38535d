"""Virtual machines by uuid, which is what the official provider uses for ids."""

from __future__ import annotations

from typing import Any

from twin.framework.missing import MissingError
from twin.vsphere.session import Session


def vm_by_uuid(session: Session, uuid: str) -> Any | None:
    """The virtual machine or template with this BIOS uuid, if it is there."""
    return session.content.searchIndex.FindByUuid(None, uuid, True, False)


def need_vm(session: Session, uuid: str) -> Any:
    """`vm_by_uuid`, or an error."""
    vm = vm_by_uuid(session, uuid)
    if vm is None:
        raise MissingError(f"cannot locate virtual machine with UUID {uuid!r} on vCenter {session.server}")
    return vm
