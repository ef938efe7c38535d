"""STATE-004: no change to what keeps others out is ignored."""

from __future__ import annotations

import re
from typing import Final

from policies.answers import Outcomes, Problem, Severity
from policies.rule import ResourceRule
from policies.subjects import Resource

_SWITCH_SECURITY: Final = ("allowForgedTransmits", "allowMacChanges", "allowPromiscuous")
GUARDS: Final[dict[str, tuple[str, ...]]] = {
    "aws:cloudtrail/trail:Trail": ("enableLogging", "enableLogFileValidation", "kmsKeyId", "s3BucketName"),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": ("egress", "ingress"),
    "aws:ec2/networkAcl:NetworkAcl": ("egress", "ingress"),
    "aws:ec2/securityGroup:SecurityGroup": ("egress", "ingress"),
    "aws:ec2/securityGroupRule:SecurityGroupRule": ("cidrBlocks", "fromPort", "ipv6CidrBlocks", "protocol", "toPort"),
    "aws:iam/policy:Policy": ("policy",),
    "aws:iam/role:Role": ("assumeRolePolicy", "inlinePolicies", "managedPolicyArns", "permissionsBoundary"),
    "aws:iam/rolePolicy:RolePolicy": ("policy",),
    "aws:iam/userPolicy:UserPolicy": ("policy",),
    "aws:iot/policy:Policy": ("policy",),
    "aws:kms/key:Key": ("enableKeyRotation", "isEnabled", "policy"),
    "aws:rds/cluster:Cluster": ("deletionProtection", "kmsKeyId", "storageEncrypted", "vpcSecurityGroupIds"),
    "aws:rds/instance:Instance": (
        "deletionProtection",
        "kmsKeyId",
        "publiclyAccessible",
        "storageEncrypted",
        "vpcSecurityGroupIds",
    ),
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": (
        "blockPublicAcls",
        "blockPublicPolicy",
        "ignorePublicAcls",
        "restrictPublicBuckets",
    ),
    "aws:s3/bucket:Bucket": ("acl", "policy", "serverSideEncryptionConfiguration", "versioning"),
    "aws:s3/bucketPolicy:BucketPolicy": ("policy",),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": (
        "blockPublicAcls",
        "blockPublicPolicy",
        "ignorePublicAcls",
        "restrictPublicBuckets",
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": ("rules",),
    "aws:s3/bucketVersioning:BucketVersioning": ("versioningConfiguration",),
    "aws:secretsmanager/secretPolicy:SecretPolicy": ("policy",),
    "aws:sqs/queuePolicy:QueuePolicy": ("policy",),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": (
        "cidrIpv4",
        "cidrIpv6",
        "fromPort",
        "ipProtocol",
        "toPort",
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (
        "cidrIpv4",
        "cidrIpv6",
        "fromPort",
        "ipProtocol",
        "toPort",
    ),
    "vsphere:index/distributedPortGroup:DistributedPortGroup": (
        *_SWITCH_SECURITY,
        "activeUplinks",
        "standbyUplinks",
        "vlanId",
        "vlanRanges",
    ),
    "vsphere:index/distributedVirtualSwitch:DistributedVirtualSwitch": (*_SWITCH_SECURITY, "vlanId", "vlanRanges"),
    "vsphere:index/entityPermissions:EntityPermissions": ("permissions",),
    "vsphere:index/host:Host": ("lockdown",),
    "vsphere:index/hostPortGroup:HostPortGroup": (*_SWITCH_SECURITY, "vlanId"),
    "vsphere:index/hostVirtualSwitch:HostVirtualSwitch": _SWITCH_SECURITY,
    "vsphere:index/role:Role": ("rolePrivileges",),
    "vsphere:index/virtualMachine:VirtualMachine": ("efiSecureBootEnabled", "extraConfig", "networkInterfaces"),
}
"""Type to the properties that decide who gets in, who reads along and what is kept."""
_FIRST: Final = re.compile(r'[^.\["\]]+')


def check(resource: Resource) -> Outcomes:
    """Compare the paths whose changes are ignored with those; a star ignores everything."""
    for path in resource.options.ignore_changes:
        found = _FIRST.search(path)
        root = found.group() if found else ""
        if root == "*" or root in GUARDS[resource.type]:
            yield Problem("has changes of it ignored: what is opened by hand stays open, and no plan shows it", path)


RULE = ResourceRule(
    id="STATE-004",
    title="No change to what keeps others out is ignored",
    severity=Severity.HIGH,
    types=tuple(GUARDS),
    rationale="ignore_changes was meant for what others may change; here it keeps an attacker's rule through every up.",
    remediation="Take the path out of ignore_changes and write down what holds.",
    check=check,
    reads_no_value=True,
)
