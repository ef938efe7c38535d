"""SQS as moto lacks it.

| AWS | moto 5.2.5 | here |
|---|---|---|
| an attribute that is not named stays | the policy goes with every change | stays |
| a queue has one kind of encryption: a key of KMS, or of SQS itself | both at once | one |
| a policy is a JSON document | anything | InvalidAttributeValue |

Not mended: a deleted queue's name is free at once, where AWS waits a minute; changes show at once.
"""

from __future__ import annotations

import json
from typing import Any, Final

from moto.sqs.exceptions import InvalidAttributeValue
from moto.sqs.models import Queue

from twin.aws.server.extension.patching import replace

ADDS: Final = ("a queue keeps its policy when something else changes", "one kind of encryption a queue")

_set_attributes_of_moto = Queue._set_attributes  # pyright: ignore[reportPrivateUsage]


def _set_attributes(self: Queue, attributes: dict[str, Any], now: float | None = None) -> None:
    asked = {"Policy": getattr(self, "policy", None), **attributes}
    if asked["Policy"]:
        try:
            json.loads(asked["Policy"])
        except ValueError as error:
            raise InvalidAttributeValue("Policy") from error
    if attributes.get("KmsMasterKeyId"):
        asked["SqsManagedSseEnabled"] = False
    elif str(attributes.get("SqsManagedSseEnabled")).lower() == "true":
        asked["KmsMasterKeyId"] = None
    _set_attributes_of_moto(self, asked, now)


def extend() -> None:
    """Change moto's backend in place."""
    replace(Queue, _set_attributes)
