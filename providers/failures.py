"""How a provider's failures reach the engine: a status the engine understands and one clear line for the user."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import grpc
from pulumi.runtime.proto import provider_pb2, status_pb2

from providers.logic import PartialFailure, ProviderError
from providers.marshal import to_struct

_log = logging.getLogger(__name__)

Request = TypeVar("Request")
Response = TypeVar("Response")


class _Refused(Exception):  # noqa: N818 - never leaves this module
    """A method of the protocol that is not offered."""


def refuse(message: str) -> NoReturn:
    """Answer that the method is not offered."""
    raise _Refused(message)


def answering(method: Callable[[Request], Response]) -> Callable[[Request, grpc.ServicerContext], Response]:
    """Turn what a method raises into a status.

    A refusal by the logic leaves the resource in a known state; only an unexpected exception is `UNKNOWN`, after
    which the engine warns that the resource may be half made.
    """

    def answer(request: Request, context: grpc.ServicerContext) -> Response:
        try:
            return method(request)
        except PartialFailure as failure:
            code, message = grpc.StatusCode.UNKNOWN, str(failure)
            context.set_trailing_metadata((("grpc-status-details-bin", _init_failed(failure, code, message)),))
        except ProviderError as error:
            code, message = grpc.StatusCode.FAILED_PRECONDITION, str(error)
        except _Refused as error:
            code, message = grpc.StatusCode.UNIMPLEMENTED, str(error)
        except Exception as error:  # every fault ends as a status
            _log.exception("%s failed", method.__name__)
            code, message = grpc.StatusCode.UNKNOWN, _one_line(error)
        return context.abort(code, message)

    return answer


def _init_failed(failure: PartialFailure, code: grpc.StatusCode, message: str) -> bytes:
    detail = provider_pb2.ErrorResourceInitFailed(
        id=failure.id,
        properties=to_struct(failure.properties),
        inputs=to_struct(failure.inputs),
        reasons=failure.reasons,
    )
    number: Any = code.value[0]
    status = status_pb2.Status(code=number, message=message)
    status.details.add().Pack(detail)
    return status.SerializeToString()


def _one_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    said = f": {lines[0]}" if lines else ""
    return f"unexpected {type(error).__name__}{said} (a fault of the provider; its log has the details)"
