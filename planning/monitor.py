"""The recording monitor: to a program it is the engine in a preview of an empty stack; it deploys nothing.

It answers like the engine this project pins; docs/adr/0008-offline-plan.md says what that was compared with.
"""
# ruff: noqa: N802, ARG002 - the methods are named by the protocol, and none needs the context of a call

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import callback_pb2, provider_pb2, resource_pb2, resource_pb2_grpc

from planning import wire
from planning.callbacks import Callbacks
from planning.errors import PlanningError
from planning.ledger import Ledger
from planning.plan import Hook, Source
from planning.registration import Registrar
from planning.stack_references import StackReferences
from planning.urns import ROOT_STACK_TYPE, type_package
from planning.values import FingerprintKey, Value

_FEATURES = tuple(
    value for name, value in resource_pb2.ResourceMonitorFeature.items() if name != "RESOURCE_MONITOR_FEATURE_INVALID"
)


class RecordingMonitor(resource_pb2_grpc.ResourceMonitorServicer):
    """Takes the requests a program's SDK makes of the engine. Each public method is one RPC of the engine's.

    `stub` hands it to an SDK in the same process: a request is the very message that would have travelled.
    """

    def __init__(
        self,
        ledger: Ledger,
        key: FingerprintKey,
        references: StackReferences,
        *,
        organization: str,
        config: Mapping[str, str],
        secret_keys: frozenset[str],
    ) -> None:
        self.ledger = ledger
        self.failure: PlanningError | None = None
        """The first thing refused; whatever the program raises afterwards is only its echo."""
        self.outputs = struct_pb2.Struct()
        """The stack's outputs with their secrets: for the stacks downstream, never for the plan."""
        self.hooks: list[Hook] = []
        self.unanswered: str | None = None
        """The function that was called last without an answer."""
        self._key = key
        self._references = references
        self._organization = organization
        self._config = config
        self._secret_keys = secret_keys
        self._callbacks = Callbacks()
        self._registrar = Registrar(ledger, key, self._callbacks, references, config, secret_keys)
        self._invoke_transforms: list[callback_pb2.Callback] = []

    @property
    def stack_outputs(self) -> dict[str, Value]:
        """The stack's outputs as the plan holds them."""
        return self._key.properties(wire.plain_map(self.outputs))

    def stub(self) -> resource_pb2_grpc.ResourceMonitorStub:
        """What an SDK calls: a client of this monitor without a network in between."""
        return resource_pb2_grpc.ResourceMonitorStub(cast("grpc.Channel", _DirectChannel(self)))

    def close(self) -> None:
        """Let go of the program."""
        self._callbacks.close()

    def GetDeploymentInfo(self, request: empty_pb2.Empty, context: Any = None) -> resource_pb2.DeploymentInfo:
        """Say which stack this is, and that everything is supported."""
        return resource_pb2.DeploymentInfo(
            project=self.ledger.project,
            stack=self.ledger.stack,
            organization=self._organization,
            config=dict(self._config),
            configSecretKeys=sorted(self._secret_keys),
            dryRun=True,
            supportedFeatures=_FEATURES,
        )

    def SupportsFeature(
        self, request: resource_pb2.SupportsFeatureRequest, context: Any = None
    ) -> resource_pb2.SupportsFeatureResponse:
        """The question older SDKs ask one feature at a time."""
        return resource_pb2.SupportsFeatureResponse(hasSupport=bool(request.id))

    def RegisterResource(
        self, request: resource_pb2.RegisterResourceRequest, context: Any = None
    ) -> resource_pb2.RegisterResourceResponse:
        """Record a managed resource or a component."""
        source = self.ledger.source(request.sourcePosition, request.stackTrace)
        with self._noting_failure(source):
            return self._registrar.register(request, source)

    def ReadResource(
        self, request: resource_pb2.ReadResourceRequest, context: Any = None
    ) -> resource_pb2.ReadResourceResponse:
        """Record a resource that is only read."""
        source = self.ledger.source(request.sourcePosition, request.stackTrace)
        with self._noting_failure(source):
            return self._registrar.read(request, source)

    def RegisterResourceOutputs(
        self, request: resource_pb2.RegisterResourceOutputsRequest, context: Any = None
    ) -> empty_pb2.Empty:
        """Record what a component, or the stack itself, found out."""
        with self._noting_failure(None):
            outputs = self._key.properties(wire.plain_map(request.outputs))
            resource = self.ledger.register_outputs(request.urn, outputs)
            if resource.type == ROOT_STACK_TYPE:
                self.outputs = request.outputs
        return empty_pb2.Empty()

    def Invoke(
        self, request: resource_pb2.ResourceInvokeRequest, context: Any = None
    ) -> resource_pb2.ResourceInvokeResponse:
        """Answer a function of the engine's own; a provider's result is not known offline."""
        package = type_package(request.tok)
        with self._noting_failure(self.ledger.source(request.sourcePosition, request.stackTrace)):
            if package == "pulumi":
                response = resource_pb2.ResourceInvokeResponse()
                getattr(response, "return").CopyFrom(self._builtin(request))
                return response
            options = resource_pb2.TransformInvokeOptions(
                provider=request.provider or self._registrar.parent_provider(request.parent, package),
                version=request.version,
                plugin_download_url=request.pluginDownloadURL,
            )
            arguments = wire.plain_map(request.args)
            options = self._callbacks.transform_invoke(self._invoke_transforms, request.tok, arguments, options)
            self._registrar.function_provider(request, options)
        self.unanswered = request.tok
        return resource_pb2.ResourceInvokeResponse(unknown=True)

    def Call(self, request: resource_pb2.ResourceCallRequest, context: Any = None) -> provider_pb2.CallResponse:
        """Methods run in provider plugins, which an offline plan has none of."""
        with self._noting_failure(None):
            raise self.ledger.refused(
                f"method '{request.tok}' is answered by a provider plugin, which an offline plan does not run", None
            )

    def RegisterStackTransform(self, request: callback_pb2.Callback, context: Any = None) -> empty_pb2.Empty:
        """Remember a transform for every resource to come."""
        self._registrar.stack_transforms.append(request)
        return empty_pb2.Empty()

    def RegisterStackInvokeTransform(self, request: callback_pb2.Callback, context: Any = None) -> empty_pb2.Empty:
        """Remember a transform for every function call to come."""
        self._invoke_transforms.append(request)
        return empty_pb2.Empty()

    def RegisterResourceHook(
        self, request: resource_pb2.RegisterResourceHookRequest, context: Any = None
    ) -> empty_pb2.Empty:
        """Record a hook; it belongs to a deployment and is never run here."""
        hook = Hook(
            name=request.name, kind="resource", on_dry_run=request.on_dry_run, ignore_errors=request.ignore_errors
        )
        return self._add_hook(hook)

    def RegisterErrorHook(self, request: resource_pb2.RegisterErrorHookRequest, context: Any = None) -> empty_pb2.Empty:
        """Record an error hook."""
        return self._add_hook(Hook(name=request.name, kind="error"))

    def RegisterPackage(
        self, request: resource_pb2.RegisterPackageRequest, context: Any = None
    ) -> resource_pb2.RegisterPackageResponse:
        """Remember a parameterized package under a reference of its own."""
        reference = str(uuid.uuid5(uuid.NAMESPACE_OID, request.SerializeToString(deterministic=True).hex()))
        self._registrar.packages[reference] = request
        return resource_pb2.RegisterPackageResponse(ref=reference)

    def SignalAndWaitForShutdown(self, request: empty_pb2.Empty, context: Any = None) -> empty_pb2.Empty:
        """The program has nothing more to register, and nothing runs that it would have to wait for."""
        return request

    def _add_hook(self, hook: Hook) -> empty_pb2.Empty:
        with self._noting_failure(None):
            if any(known.name == hook.name for known in self.hooks):
                raise self.ledger.refused(f'resource hook already registered for name "{hook.name}"', None)
            self.hooks.append(hook)
        return empty_pb2.Empty()

    def _builtin(self, request: resource_pb2.ResourceInvokeRequest) -> struct_pb2.Struct:
        arguments = wire.plain_map(request.args)
        if request.tok == "pulumi:pulumi:getResource":
            entry = self.ledger.get(arguments["urn"])
            if entry is None:
                raise self.ledger.refused(f"unknown resource {arguments['urn']}", None)
            return wire.packed({"urn": arguments["urn"], "id": entry.id, "state": wire.plain_map(entry.state)})
        if request.tok == "pulumi:pulumi:readStackOutputs":
            try:
                return self._references.read(arguments["name"])
            except LookupError as error:
                raise self.ledger.refused(str(error.args[0]), None) from None
        raise self.ledger.refused(f"unrecognized function name: '{request.tok}'", None)

    @contextmanager
    def _noting_failure(self, source: Source | None) -> Generator[None]:
        try:
            yield
        except PlanningError as error:
            self.failure = self.failure or error
            raise
        except grpc.RpcError as error:  # a transform of the program's own raised
            details = str(error.details() if isinstance(error, grpc.Call) else error)
            said = re.sub(r"^Invoke callback \S+ error: ", "", details).partition(":\n")[0]
            self.failure = self.failure or self.ledger.refused(f"invoke transform: {said}", source)
            raise self.failure from None
        except ValueError as error:
            self.failure = self.failure or self.ledger.refused(str(error), source)
            raise self.failure from None


class _DirectChannel:
    """A channel that calls the servicer instead of sending: the SDK insists on a stub, and a stub on a channel."""

    def __init__(self, servicer: RecordingMonitor) -> None:
        self._servicer = servicer

    def unary_unary(self, method: str, **_serializers: object) -> Callable[..., Any]:
        return getattr(self._servicer, method.rpartition("/")[2])
