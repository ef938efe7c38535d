"""VSPHERE-018: a guest lets nobody in by password, nor as root."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.guest_settings import user_data
from policies.resource_types import VSPHERE_VIRTUAL_MACHINE
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.user_data import cloud_config


def check(resource: Resource) -> Outcomes:
    """Look at what cloud-init is told about ssh; a guest that is told nothing is its image's."""
    for node, text in user_data(resource):
        settings = cloud_config(text, node.path)
        if settings is None:
            continue
        if settings["ssh_pwauth"].text().lower() not in ("false", "no", "0"):
            yield Problem("does not turn ssh passwords off", node.path)
        if not settings["disable_root"].truth(default=True):
            yield Problem("lets root in", node.path)


RULE = ResourceRule(
    id="VSPHERE-018",
    title="A guest lets nobody in by password, nor as root",
    severity=Severity.MEDIUM,
    types=(VSPHERE_VIRTUAL_MACHINE,),
    rationale="Passwords are guessed and reused, and what root did was done by nobody in particular.",
    remediation="Write ssh_pwauth: false into the cloud-config (without it the image decides) and leave disable_root "
    "true.",
    check=check,
)
