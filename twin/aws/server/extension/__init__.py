"""What moto lacks and the platform needs, one module a service, put in before the service's first request.

A module `<service>` (named as moto names its backend) has `ADDS`, a line for each thing it adds or mends, and
`extend()`, which changes moto's backend in place.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Final

MODULES: Final[Mapping[str, str]] = {
    "backup": "backup",
    "cloudtrail": "cloudtrail",
    "cloudwatch": "cloudwatch",
    "dynamodb": "dynamodb",
    "ec2": "ec2",
    "guardduty": "guardduty",
    "iam": "iam",
    "iot": "iot",
    "kms": "kms",
    "logs": "logs",
    "route53": "route53",
    "s3": "s3",
    "sqs": "sqs",
}
"""moto's name of a service to the module here that extends it."""


def extend(service: str) -> None:
    """Extend a service that is about to answer its first request."""
    name = MODULES.get(service)
    if name is not None:
        importlib.import_module(f"{__name__}.{name}").extend()


def additions() -> Mapping[str, tuple[str, ...]]:
    """Service to what is added to moto's: for people, in `metro twin fidelity`."""
    return {service: importlib.import_module(f"{__name__}.{name}").ADDS for service, name in sorted(MODULES.items())}
