"""STATE-006: a password, key or token is a secret to Pulumi as well."""

from __future__ import annotations

import re
from typing import Final

from policies.answers import Outcomes, Severity, each, given
from policies.rule import ResourceRule
from policies.secrecy import EACH, in_plain_text
from policies.subjects import Resource

FUNCTION: Final = "aws:lambda/function:Function"
PARAMETER: Final = "aws:ssm/parameter:Parameter"
SECRETS: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "aws:acm/certificate:Certificate": (("privateKey",),),
    "aws:directoryservice/directory:Directory": (("password",),),
    "aws:dms/certificate:Certificate": (("certificatePem",), ("certificateWallet",)),
    "aws:dms/endpoint:Endpoint": (("password",),),
    "aws:docdb/cluster:Cluster": (("masterPassword",),),
    "aws:ec2/vpnConnection:VpnConnection": (("tunnel1PresharedKey",), ("tunnel2PresharedKey",)),
    "aws:elasticache/replicationGroup:ReplicationGroup": (("authToken",),),
    "aws:elasticache/user:User": (("passwords",), ("authenticationMode", "passwords")),
    "aws:iam/serverCertificate:ServerCertificate": (("privateKey",),),
    "aws:lightsail/database:Database": (("masterPassword",),),
    "aws:mq/broker:Broker": (("users", EACH, "password"),),
    "aws:opensearch/domain:Domain": (("advancedSecurityOptions", "masterUserOptions", "masterUserPassword"),),
    "aws:rds/cluster:Cluster": (("masterPassword",),),
    "aws:rds/instance:Instance": (("password",),),
    "aws:redshift/cluster:Cluster": (("masterPassword",),),
    "aws:secretsmanager/secretVersion:SecretVersion": (("secretBinary",), ("secretString",)),
    "vsphere:index/contentLibrary:ContentLibrary": (("publication", "password"), ("subscription", "password")),
    "vsphere:index/guestOsCustomization:GuestOsCustomization": (
        ("spec", "windowsOptions", "adminPassword"),
        ("spec", "windowsOptions", "domainAdminPassword"),
    ),
    "vsphere:index/host:Host": (("password",),),
    "vsphere:index/license:License": (("licenseKey",),),
    "vsphere:index/virtualMachine:VirtualMachine": (
        ("clone", "customize", "windowsOptions", "adminPassword"),
        ("clone", "customize", "windowsOptions", "domainAdminPassword"),
    ),
}
"""Type to where its secrets stand."""
_SOUNDS_SECRET: Final = re.compile(r"(passw|secret|token|private_?key|api_?key)", re.IGNORECASE)
_NAMES_A_SECRET: Final = re.compile(r"(arn|id|name|path|url|uri)$", re.IGNORECASE)
"""What only says where the secret is, as DB_SECRET_ARN."""


def check(resource: Resource) -> Outcomes:
    """Look at each place a secret of this type has, or at what a function is told under a name that sounds like one."""
    if resource.type == FUNCTION:
        yield from _told(resource)
    elif resource.type == PARAMETER:
        yield from given(
            lambda: resource["type"].text() == "SecureString", lambda: in_plain_text(resource.inputs, "value")
        )
    else:
        yield from each(SECRETS[resource.type], lambda path: in_plain_text(resource.inputs, *path))


def _told(resource: Resource) -> Outcomes:
    environment = resource["environment"]
    if environment.is_secret or not environment.exists or environment["variables"].is_secret:
        return
    for name in environment["variables"].entries:
        if _SOUNDS_SECRET.search(name) and not _NAMES_A_SECRET.search(name):
            yield from each((name,), lambda name: in_plain_text(environment, "variables", name))


RULE = ResourceRule(
    id="STATE-006",
    title="A password, key or token is a secret to Pulumi as well",
    severity=Severity.HIGH,
    types=(*SECRETS, FUNCTION, PARAMETER),
    rationale="The state is read by every developer and kept in every backup: plain text in it is published for ever.",
    remediation="Take the value from config.require_secret, or wrap it in pulumi.Output.secret.",
    check=check,
)
