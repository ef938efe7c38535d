"""STATE-005: no right and no way in outlives its program."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity
from policies.rule import ResourceRule
from policies.subjects import Resource

GRANTS: Final = (
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:iam/accessKey:AccessKey",
    "aws:iam/group:Group",
    "aws:iam/policy:Policy",
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/user:User",
    "aws:iam/userLoginProfile:UserLoginProfile",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iot/certificate:Certificate",
    "aws:iot/policy:Policy",
    "aws:iot/policyAttachment:PolicyAttachment",
    "aws:lambda/permission:Permission",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "vsphere:index/entityPermissions:EntityPermissions",
    "vsphere:index/role:Role",
)


def check(resource: Resource) -> Outcomes:
    """Look at whether a deletion would leave it where it is."""
    if resource.options.retain_on_delete:
        yield Problem("stays when it is deleted: it goes on granting, and nobody manages it any more")


RULE = ResourceRule(
    id="STATE-005",
    title="No right and no way in outlives its program",
    severity=Severity.MEDIUM,
    types=GRANTS,
    rationale="What was left behind is in no program and no review, and still opens doors years later.",
    remediation="Take retain_on_delete off; it is for what holds state, where protect is better still.",
    check=check,
    reads_no_value=True,
)
