"""Things, their certificates and what they may say."""

from typing import Final

from twin.aws.session import Session
from twin.aws.types.iot.attachments import POLICY_ATTACHMENT, THING_GROUP_MEMBERSHIP, THING_PRINCIPAL_ATTACHMENT
from twin.aws.types.iot.certificate import CERTIFICATE
from twin.aws.types.iot.policy import POLICY
from twin.aws.types.iot.thing import THING
from twin.aws.types.iot.thing_group import THING_GROUP
from twin.aws.types.iot.thing_type import THING_TYPE
from twin.aws.types.iot.topic_rule import TOPIC_RULE
from twin.framework.declaration import ResourceType

IOT: Final[tuple[ResourceType[Session], ...]] = (
    THING_TYPE,
    THING_GROUP,
    THING,
    THING_GROUP_MEMBERSHIP,
    POLICY,
    CERTIFICATE,
    POLICY_ATTACHMENT,
    THING_PRINCIPAL_ATTACHMENT,
    TOPIC_RULE,
)
