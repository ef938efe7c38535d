"""Keys."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from moto.core.exceptions import JsonRESTError
from moto.kms.models import KmsBackend
from moto.kms.responses import KmsResponse

from twin.aws.server.extension.patching import around

ADDS: Final = (
    "a key says that it is no multi-region key, where moto says nothing",
    "a key that waits for its deletion refuses every change",
    "the period of a key's rotation is kept and answered",
)

Action = Callable[[KmsResponse], str]

_YEAR: Final = 365
_CHANGES: Final = (
    "create_alias", "update_alias", "disable_key", "disable_key_rotation", "enable_key", "enable_key_rotation",
    "put_key_policy", "schedule_key_deletion", "tag_resource", "untag_resource", "update_key_description",
)  # fmt: skip


def extend() -> None:
    """Change moto's backend in place."""
    around(KmsBackend, "create_key", _create_key)
    around(KmsResponse, "enable_key_rotation", _keep_the_period)
    around(KmsResponse, "get_key_rotation_status", _tell_the_period)
    for name in _CHANGES:
        around(KmsResponse, name, _refuse_while_pending)


def _create_key(create: Callable[..., Any], backend: KmsBackend, *arguments: Any, **named: Any) -> Any:
    key = create(backend, *arguments, **named)
    key.multi_region = bool(key.multi_region)
    return key


def _key(response: KmsResponse) -> Any:
    """The key a request is about, if there is one."""
    body = json.loads(response.body or "{}")
    asked = body.get("TargetKeyId") or body.get("KeyId")
    backend = response.kms_backend
    return backend.keys.get(backend.get_key_id(asked)) if asked else None


def _keep_the_period(enable: Action, response: KmsResponse) -> str:
    answer = enable(response)
    _key(response).rotation_period = json.loads(response.body).get("RotationPeriodInDays", _YEAR)
    return answer


def _tell_the_period(status: Action, response: KmsResponse) -> str:
    answer = json.loads(status(response))
    period = {"RotationPeriodInDays": _key(response).rotation_period} if answer["KeyRotationEnabled"] else {}
    return json.dumps({**answer, **period})


def _refuse_while_pending(action: Action, response: KmsResponse) -> str:
    key = _key(response)
    if key is not None and key.key_state == "PendingDeletion":
        raise JsonRESTError("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    return action(response)
