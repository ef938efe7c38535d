"""One resource type a file, one directory a family; `ALL` is what the stand-in provider serves."""

from typing import Final

from twin.aws.session import Session
from twin.aws.types.account import ACCOUNT
from twin.aws.types.backup import BACKUP
from twin.aws.types.cloudwatch import CLOUDWATCH
from twin.aws.types.ec2 import EC2
from twin.aws.types.iam import IAM
from twin.aws.types.iot import IOT
from twin.aws.types.kms import KMS
from twin.aws.types.messaging import MESSAGING
from twin.aws.types.route53 import ROUTE53
from twin.aws.types.s3 import S3
from twin.aws.types.vpn import VPN
from twin.framework.declaration import ResourceType

ALL: Final[tuple[ResourceType[Session], ...]] = (
    *EC2,
    *VPN,
    *S3,
    *KMS,
    *IAM,
    *IOT,
    *CLOUDWATCH,
    *ROUTE53,
    *BACKUP,
    *ACCOUNT,
    *MESSAGING,
)
