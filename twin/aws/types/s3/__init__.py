"""Buckets, one type a setting, as the API has it."""

from typing import Final

from twin.aws.session import Session
from twin.aws.types.s3.access import (
    ACCOUNT_PUBLIC_ACCESS_BLOCK,
    BUCKET_OWNERSHIP_CONTROLS,
    BUCKET_POLICY,
    BUCKET_PUBLIC_ACCESS_BLOCK,
)
from twin.aws.types.s3.bucket import BUCKET
from twin.aws.types.s3.keeping import (
    BUCKET_LIFECYCLE_CONFIGURATION,
    BUCKET_OBJECT_LOCK_CONFIGURATION,
    BUCKET_SERVER_SIDE_ENCRYPTION_CONFIGURATION,
    BUCKET_VERSIONING,
)
from twin.framework.declaration import ResourceType

S3: Final[tuple[ResourceType[Session], ...]] = (
    BUCKET,
    BUCKET_VERSIONING,
    BUCKET_OBJECT_LOCK_CONFIGURATION,
    BUCKET_SERVER_SIDE_ENCRYPTION_CONFIGURATION,
    BUCKET_LIFECYCLE_CONFIGURATION,
    BUCKET_PUBLIC_ACCESS_BLOCK,
    BUCKET_POLICY,
    BUCKET_OWNERSHIP_CONTROLS,
    ACCOUNT_PUBLIC_ACCESS_BLOCK,
)
