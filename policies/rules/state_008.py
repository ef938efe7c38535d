"""STATE-008: what opens a whole cloud is a secret."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Severity, each
from policies.resource_types import AWS_PROVIDER, VSPHERE_PROVIDER
from policies.rule import ResourceRule
from policies.secrecy import in_plain_text
from policies.subjects import Resource

CREDENTIALS: Final[dict[str, tuple[str, ...]]] = {
    AWS_PROVIDER: ("secretKey", "token"),
    "pulumi:providers:azure": ("clientCertificatePassword", "clientSecret"),
    "pulumi:providers:azure-native": ("clientCertificatePassword", "clientSecret"),
    "pulumi:providers:cloudflare": ("apiKey", "apiToken"),
    "pulumi:providers:datadog": ("apiKey", "appKey"),
    "pulumi:providers:gcp": ("accessToken", "credentials"),
    "pulumi:providers:github": ("token",),
    "pulumi:providers:gitlab": ("token",),
    "pulumi:providers:kubernetes": ("kubeconfig",),
    "pulumi:providers:mysql": ("password",),
    "pulumi:providers:openstack": ("applicationCredentialSecret", "password", "token"),
    "pulumi:providers:postgresql": ("password",),
    "pulumi:providers:vault": ("token",),
    VSPHERE_PROVIDER: ("password",),
}


def check(resource: Resource) -> Outcomes:
    """Look at each credential the provider takes."""
    yield from each(CREDENTIALS[resource.type], lambda name: in_plain_text(resource.inputs, name))


RULE = ResourceRule(
    id="STATE-008",
    title="What opens a whole cloud is a secret",
    severity=Severity.CRITICAL,
    types=tuple(CREDENTIALS),
    rationale="A provider's password in the state lets everybody who reads the state do what the platform does.",
    remediation="Take it from config.require_secret, or give it by the environment and not at all.",
    check=check,
)
