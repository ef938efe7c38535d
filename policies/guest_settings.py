"""The user data of a vSphere guest, wherever its settings hold it."""

from __future__ import annotations

from collections.abc import Iterator

from policies.subjects import Resource
from policies.user_data import decoded
from policies.values import Node


def user_data(machine: Resource) -> Iterator[tuple[Node, str]]:
    """Each piece of user data: where it stands, and its text."""
    guestinfo = machine["extraConfig"]["guestinfo.userdata"]
    if guestinfo.exists:
        yield guestinfo, decoded(guestinfo, machine["extraConfig"]["guestinfo.userdata.encoding"].text())
    ovf = machine.inputs.at("vapp", "properties", "user-data")
    if ovf.exists:
        yield ovf, decoded(ovf, "base64")
