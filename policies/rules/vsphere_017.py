"""VSPHERE-017: a guest's settings carry no secret."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, each
from policies.guest_settings import user_data
from policies.resource_types import VSPHERE_VIRTUAL_MACHINE
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.user_data import secrets_in


def check(resource: Resource) -> Outcomes:
    """Look into the user data, and at the password many OVF images take."""
    yield from each((_in_user_data, _in_properties), lambda judge: judge(resource))


def _in_user_data(resource: Resource) -> Outcomes:
    for node, text in user_data(resource):
        for what in secrets_in(text, node.path):
            yield Problem(f"tells the guest {what}", node.path)


def _in_properties(resource: Resource) -> Outcomes:
    password = resource.inputs.at("vapp", "properties", "password")
    if not password.is_secret and password.exists:
        yield Problem("tells the guest a password", password.path)


RULE = ResourceRule(
    id="VSPHERE-017",
    title="A guest's settings carry no secret",
    severity=Severity.HIGH,
    types=(VSPHERE_VIRTUAL_MACHINE,),
    rationale="User data stays in the guest's settings for ever: whoever may look at the guest in vCenter, and "
    "every process in it, reads them.",
    remediation="Give the guest public keys only, and let it fetch secrets with an identity of its own after it "
    "started.",
    check=check,
)
