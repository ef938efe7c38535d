"""Transforms: functions of the program's own that change a registration before it counts."""

from __future__ import annotations

from collections.abc import Iterable

import grpc
from pulumi.runtime.proto import callback_pb2, callback_pb2_grpc, resource_pb2

from planning import wire


class Callbacks:
    """Calls back into the program over the protocol its SDK serves on loopback, as the engine does."""

    def __init__(self) -> None:
        self._channels: dict[str, grpc.Channel] = {}

    def transform(
        self,
        callbacks: Iterable[callback_pb2.Callback],
        request: resource_pb2.RegisterResourceRequest,
        properties: dict[str, wire.Wire],
        options: resource_pb2.TransformResourceOptions,
    ) -> tuple[dict[str, wire.Wire], resource_pb2.TransformResourceOptions]:
        """Pass a registration through each transform in turn; properties are output values on both sides."""
        for callback in callbacks:
            question = resource_pb2.TransformRequest(
                name=request.name,
                type=request.type,
                parent=request.parent,
                custom=request.custom,
                properties=wire.packed(properties),
                options=options,
            )
            answer = resource_pb2.TransformResponse.FromString(self._call(callback, question.SerializeToString()))
            if answer.HasField("properties"):
                properties = wire.plain_map(answer.properties)
            if answer.HasField("options"):
                options = answer.options
        return properties, options

    def transform_invoke(
        self,
        callbacks: Iterable[callback_pb2.Callback],
        token: str,
        arguments: dict[str, wire.Wire],
        options: resource_pb2.TransformInvokeOptions,
    ) -> resource_pb2.TransformInvokeOptions:
        """Pass a function call through each transform; returns the options it is made with."""
        for callback in callbacks:
            question = resource_pb2.TransformInvokeRequest(token=token, args=wire.packed(arguments), options=options)
            answer = resource_pb2.TransformInvokeResponse.FromString(self._call(callback, question.SerializeToString()))
            if answer.HasField("args"):
                arguments = wire.plain_map(answer.args)
            if answer.HasField("options"):
                options = answer.options
        return options

    def close(self) -> None:
        """Drop the connections to the program."""
        for channel in self._channels.values():
            channel.close()
        self._channels.clear()

    def _call(self, callback: callback_pb2.Callback, request: bytes) -> bytes:
        channel = self._channels.get(callback.target)
        if channel is None:
            channel = self._channels[callback.target] = grpc.insecure_channel(callback.target)
        stub = callback_pb2_grpc.CallbacksStub(channel)
        return stub.Invoke(callback_pb2.CallbackInvokeRequest(token=callback.token, request=request)).response
