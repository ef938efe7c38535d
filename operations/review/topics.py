"""What a change is about, in the order a reviewer asks: where things stand, who reaches them, who holds keys."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Topic(StrEnum):
    """In the order of the page."""

    PLACEMENT = "placement"
    EXPOSURE = "exposure"
    KEYS = "keys"
    RIGHTS = "rights"
    OTHER = "other"


_TYPES: Final[tuple[tuple[Topic, re.Pattern[str]], ...]] = (
    (
        Topic.PLACEMENT,
        re.compile(r"^pulumi:providers:|AntiAffinityRule|VmHostRule|VmDependencyRule|HostGroup|VmGroup|AffinityRule"),
    ),
    (
        Topic.EXPOSURE,
        re.compile(
            r"[sS]ecurityGroup|[nN]etworkAcl|PublicAccessBlock|internetGateway|natGateway|ec2/eip|:Eip|lb/|"
            r"bucketPolicy|BucketPolicy|bucketAcl|queuePolicy|topicPolicy|ec2/route:|apigateway|cloudfront|vpcEndpoint"
        ),
    ),
    (
        Topic.KEYS,
        re.compile(r"^aws:kms/|^aws:acm|secretsmanager|Encryption|^aws:iot/certificate|^tls:|[kK]eyPair"),
    ),
    (
        Topic.RIGHTS,
        re.compile(
            r"^aws:iam/|^aws:iot/policy|[pP]olicyAttachment|entityPermissions|index/role:|PrincipalAttachment|sso"
        ),
    ),
)  # fmt: skip

_PROPERTIES: Final[tuple[tuple[Topic, re.Pattern[str]], ...]] = (
    (
        Topic.PLACEMENT,
        re.compile(
            r"^(?:provider|inputs\.(?:availabilityZone|region|datacenter|datacenterId|hostSystemId|resourcePoolId|"
            r"computeClusterId|datastoreId|datastoreClusterId|folder|subnetId|placement\w*|hosts?))(?:$|[.\[])"
        ),
    ),
    (
        Topic.EXPOSURE,
        re.compile(
            r"^inputs\.(?:ingress|egress|cidr\w*|associatePublicIpAddress|mapPublicIpOnLaunch|publicly\w*|acl|grants|"
            r"block\w*|restrictPublicBuckets|ignorePublicAcls|vpcSecurityGroupIds|securityGroups|networkInterfaces|"
            r"allowForgedTransmits|allowMacChanges|allowPromiscuous)(?:$|[.\[])"
        ),
    ),
    (
        Topic.KEYS,
        re.compile(
            r"^inputs\.(?:kms\w*|\w*[eE]ncrypt\w*|enableKeyRotation|rotation\w*|deletionWindowInDays|sse\w*|"
            r"storageEncrypted|serverSideEncryption\w*)(?:$|[.\[])"
        ),
    ),
    (
        Topic.RIGHTS,
        re.compile(r"^inputs\.(?:policy|assumeRolePolicy|permissions\w*|rolePrivileges|managedPolicyArns|role)(?:$|[.\[])"),
    ),
)  # fmt: skip


def topics_of(type_: str, changed_paths: Iterable[str] | None) -> tuple[Topic, ...]:
    """The topics of a change in order; `changed_paths`: None for a resource that comes or goes as a whole."""
    found = {topic for topic, pattern in _TYPES if pattern.search(type_)}
    for path in changed_paths or ():
        found |= {topic for topic, pattern in _PROPERTIES if pattern.search(path)}
    return tuple(topic for topic in Topic if topic in found) or (Topic.OTHER,)
