"""Topics, queues and the tables that events end in."""

from typing import Final

from twin.aws.session import Session
from twin.aws.types.messaging.queue import QUEUE
from twin.aws.types.messaging.queue_policy import QUEUE_POLICY
from twin.aws.types.messaging.table import TABLE
from twin.aws.types.messaging.topic import TOPIC
from twin.aws.types.messaging.topic_policy import TOPIC_POLICY
from twin.framework.declaration import ResourceType

MESSAGING: Final[tuple[ResourceType[Session], ...]] = (TOPIC, TOPIC_POLICY, QUEUE, QUEUE_POLICY, TABLE)
