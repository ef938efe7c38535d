"""Keys and the names that lead to them."""

from typing import Final

from twin.aws.session import Session
from twin.aws.types.kms.alias import ALIAS
from twin.aws.types.kms.key import KEY
from twin.framework.declaration import ResourceType

KMS: Final[tuple[ResourceType[Session], ...]] = (KEY, ALIAS)
