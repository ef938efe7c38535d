"""VSPHERE-021: nothing on the console's side reaches into a guest."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity, each
from policies.resource_types import VSPHERE_VIRTUAL_MACHINE
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.values import Node

OPENINGS: Final = {
    "isolation.device.connectable.disable": ("false", "lets the guest connect devices by itself"),
    "isolation.device.edit.disable": ("false", "lets the guest change its devices"),
    "isolation.tools.copy.disable": ("false", "shares what the guest copies with the console"),
    "isolation.tools.diskshrink.disable": ("false", "lets the guest shrink its disks until they fail"),
    "isolation.tools.diskwiper.disable": ("false", "lets the guest wipe its disks"),
    "isolation.tools.dnd.disable": ("false", "takes files dropped on the console"),
    "isolation.tools.hgfsserverset.disable": ("false", "opens a file share between the guest and the console"),
    "isolation.tools.paste.disable": ("false", "takes what the console pastes"),
    "isolation.tools.setguioptions.enable": ("true", "lets the console turn on copy and paste"),
    "remotedisplay.vnc.enabled": ("true", "shows its screen to whoever reaches the host's VNC port"),
    "tools.guestlib.enablehostinfo": ("true", "tells the guest about the host it is on"),
}
"""Setting to the value that opens it, and to what that means; not setting it keeps it closed."""


def check(resource: Resource) -> Outcomes:
    """Look at extra settings that undo the isolation, and at drives that are a client's."""
    yield from each((_settings, _drives), lambda judge: judge(resource))


def _settings(resource: Resource) -> Outcomes:
    yield from each(resource["extraConfig"].entries.items(), lambda entry: _setting(*entry))


def _setting(key: str, node: Node) -> Outcomes:
    opening = OPENINGS.get(key.lower())
    if opening is not None and node.text().lower() == opening[0]:
        yield Problem(opening[1], node.path)


def _drives(resource: Resource) -> Outcomes:
    yield from each(resource["cdroms"].items, _drive)


def _drive(drive: Node) -> Outcomes:
    if drive["clientDevice"].truth():
        yield Problem("has a drive that is whatever the console's user puts in", drive["clientDevice"].path)


RULE = ResourceRule(
    id="VSPHERE-021",
    title="Nothing on the console's side reaches into a guest",
    severity=Severity.MEDIUM,
    types=(VSPHERE_VIRTUAL_MACHINE,),
    rationale="Console rights are given to look at a guest that hangs, not to carry data in and out past every filter.",
    remediation="Take the setting out of extraConfig, its default is closed; attach an image from a datastore instead"
    " of a client's drive.",
    check=check,
)
