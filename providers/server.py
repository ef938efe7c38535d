"""A gRPC server of its own for each provider instance."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2
from pulumi.runtime.proto import provider_pb2 as pb

from providers.activity import Activity
from providers.failures import answering
from providers.logic import ProviderLogic
from providers.observer import Observer
from providers.servicer import Servicer

MAX_MESSAGE_BYTES = 400 * 1024 * 1024
"""The engine's own limit."""

_PARALLEL_OPERATIONS = 32
_SPARE_THREADS = 4
"""So that a cancellation is heard while every operation is busy."""


class ProviderServer:
    """Serves one `ProviderLogic` on a free port of 127.0.0.1 until `stop`."""

    def __init__(
        self, logic: ProviderLogic, observer: Observer | None = None, *, operations: int = _PARALLEL_OPERATIONS
    ) -> None:
        """At most `operations` of the engine's are worked on at a time; the others wait."""
        self._logic = logic
        self._pool = ThreadPoolExecutor(operations + _SPARE_THREADS, thread_name_prefix=f"{logic.name}-rpc")
        self._server = grpc.server(
            self._pool,
            options=[
                ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
                ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
                ("grpc.so_reuseport", 0),
            ],
        )
        self._closing = threading.Lock()
        self._closed = False
        self._activity = Activity()
        servicer = Servicer(logic, observer or Observer())
        self._server.add_generic_rpc_handlers((_handlers(servicer, self._activity),))
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    def cancel(self) -> None:
        """Make the operations under way end soon."""
        self._logic.cancel()

    def stop(self, grace: float | None) -> None:
        """Refuse new calls, wait up to `grace` seconds for those under way (`None`: as long as they take), then close.

        Blocks; frees the port, the threads and whatever the logic holds. May be called again, with less patience.
        """
        patience = threading.TIMEOUT_MAX if grace is None else grace
        deadline = time.monotonic() + patience
        self._server.stop(patience).wait()
        # A call whose engine died is none any more for gRPC; what it began in the world still has to end.
        self._activity.wait_until_idle(max(0.0, deadline - time.monotonic()))
        self._pool.shutdown(wait=False)
        with self._closing:
            if not self._closed:
                self._closed = True
                self._logic.close()


def _handlers(servicer: Servicer, activity: Activity) -> grpc.GenericRpcHandler:
    """Table of the protocol; methods that are not in it are answered with "unimplemented" by gRPC itself."""

    def unary(method: Callable[[Any], Any], request: Any) -> grpc.RpcMethodHandler[Any, Any]:
        return grpc.unary_unary_rpc_method_handler(
            answering(activity.counted(method)),
            request_deserializer=request.FromString,
            response_serializer=lambda message: message.SerializeToString(),
        )

    return grpc.method_handlers_generic_handler(
        "pulumirpc.ResourceProvider",
        {
            "Handshake": unary(servicer.handshake, pb.ProviderHandshakeRequest),
            "Attach": unary(servicer.attach, plugin_pb2.PluginAttach),
            "GetPluginInfo": unary(servicer.get_plugin_info, empty_pb2.Empty),
            "GetSchema": unary(servicer.get_schema, pb.GetSchemaRequest),
            "CheckConfig": unary(servicer.check_config, pb.CheckRequest),
            "DiffConfig": unary(servicer.diff_config, pb.DiffRequest),
            "Configure": unary(servicer.configure, pb.ConfigureRequest),
            "Check": unary(servicer.check, pb.CheckRequest),
            "Diff": unary(servicer.diff, pb.DiffRequest),
            "Create": unary(servicer.create, pb.CreateRequest),
            "Read": unary(servicer.read, pb.ReadRequest),
            "Update": unary(servicer.update, pb.UpdateRequest),
            "Delete": unary(servicer.delete, pb.DeleteRequest),
            "Invoke": unary(servicer.invoke, pb.InvokeRequest),
            "Cancel": unary(servicer.cancel, empty_pb2.Empty),
            "Parameterize": unary(servicer.parameterize, pb.ParameterizeRequest),
            "Construct": unary(servicer.construct, pb.ConstructRequest),
            "Call": unary(servicer.call, pb.CallRequest),
        },
    )
