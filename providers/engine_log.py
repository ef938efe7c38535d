"""Lines for the user, shown by the engine among its own."""

from __future__ import annotations

import logging

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

_log = logging.getLogger(__name__)

_PATIENCE = 5.0
"""Seconds to wait for the engine; a line that cannot be shown must not stop an operation."""


class EngineLog:
    """Speaks to the engine that started the provider."""

    def __init__(self, address: str) -> None:
        """`address` is the engine's `host:port`; empty means there is nobody to speak to."""
        self._address = address

    def info(self, message: str, urn: str = "") -> None:
        """Show a line, next to the resource if one is named."""
        _log.info("%s", message)
        self._show(engine_pb2.INFO, message, urn)

    def status(self, message: str, urn: str) -> None:
        """Show what goes on with a resource, until there is something newer; no log keeps it."""
        self._show(engine_pb2.INFO, message, urn, ephemeral=True)

    def warning(self, message: str, urn: str = "") -> None:
        """Show a warning, next to the resource if one is named."""
        _log.warning("%s", message)
        self._show(engine_pb2.WARNING, message, urn)

    def _show(
        self, severity: engine_pb2.LogSeverity.ValueType, message: str, urn: str, *, ephemeral: bool = False
    ) -> None:
        if not self._address:
            return
        request = engine_pb2.LogRequest(severity=severity, message=message, urn=urn, ephemeral=ephemeral)
        try:
            # The engine listens on this machine; a proxy from the environment would carry the line away from it.
            with grpc.insecure_channel(self._address, [("grpc.enable_http_proxy", 0)]) as channel:
                engine_pb2_grpc.EngineStub(channel).Log(request, timeout=_PATIENCE)
        except grpc.RpcError as error:
            _log.warning("the engine at %s did not take %r: %s", self._address, message, error)
