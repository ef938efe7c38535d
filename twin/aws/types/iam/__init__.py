"""Who may do what."""

from typing import Final

from twin.aws.session import Session
from twin.aws.types.iam.instance_profile import INSTANCE_PROFILE
from twin.aws.types.iam.policies import POLICY, ROLE_POLICY, ROLE_POLICY_ATTACHMENT
from twin.aws.types.iam.role import ROLE
from twin.framework.declaration import ResourceType

IAM: Final[tuple[ResourceType[Session], ...]] = (ROLE, POLICY, ROLE_POLICY, ROLE_POLICY_ATTACHMENT, INSTANCE_PROFILE)
