"""A Pulumi runtime without an engine: records every registration, and runs a program to its end."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import grpc
import pulumi
from pulumi.runtime import mocks, rpc
from pulumi.runtime.config import set_all_config
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import SETTINGS, configure, set_root_resource
from pulumi.runtime.stack import run_in_stack

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""The engine's sign for a value that is not known yet."""

COMPUTED: Mapping[str, Mapping[str, str]] = {
    "vsphere:index/datacenter:Datacenter": {"moid": "moid"},
    "vsphere:index/computeCluster:ComputeCluster": {"resourcePoolId": "root-pool"},
    "aws:backup/vault:Vault": {"arn": "arn"},
    "aws:cloudtrail/trail:Trail": {"arn": "arn"},
    "aws:cloudwatch/logGroup:LogGroup": {"arn": "arn"},
    "aws:ec2/vpcEndpoint:VpcEndpoint": {"prefixListId": "prefix-list"},
    "aws:ec2/vpnConnection:VpnConnection": {"tunnel1Address": "address-1", "tunnel2Address": "address-2"},
    "aws:iam/policy:Policy": {"arn": "arn"},
    "aws:iam/role:Role": {"arn": "arn"},
    "aws:iot/certificate:Certificate": {"arn": "arn"},
    "aws:kms/key:Key": {"arn": "arn", "keyId": "key-id"},
    "aws:route53/zone:Zone": {"zoneId": "zone-id"},
    "aws:s3/bucket:Bucket": {"arn": "arn"},
    "aws:sqs/queue:Queue": {"arn": "arn", "url": "url"},
    "metropole:hosts:HostBaseline": {name: name for name in ("appliedDigest", "tasks", "changed", "drift")},
}
"""Outputs of a resource that no input gives."""

TEMPLATE = {"id": "template-uuid", "guestId": "debian12_64Guest", "firmware": "efi", "disks": [{"size": 8}]}


@dataclass(frozen=True)
class Registration:
    """One resource as the program asked for it."""

    type: str
    name: str
    custom: bool
    inputs: Mapping[str, Any]
    parent: str
    """Name of the parent; the stack has none."""
    provider: str
    """Name of the explicit provider; empty when none was given."""
    protect: bool
    aliases: tuple[str, ...]
    depends_on: frozenset[str]
    """Names of everything it waits for."""


class _NoMocks(mocks.Mocks):
    def call(self, args: mocks.MockCallArgs) -> Any:
        raise NotImplementedError

    def new_resource(self, args: mocks.MockResourceArgs) -> Any:
        raise NotImplementedError


class _UnknownStackError(grpc.RpcError):
    """What the engine answers when asked for the outputs of a stack that does not exist."""

    def __init__(self, stack: str) -> None:
        super().__init__(stack)
        self._stack = stack

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return f'unknown stack "{self._stack}"'


class Recorder(mocks.MockMonitor):
    """A monitor that answers like an engine whose world is empty (preview) or obliging (update)."""

    def __init__(self, *, preview: bool, upstream: Mapping[str, Any]) -> None:
        super().__init__(_NoMocks())
        self.preview = preview
        self.upstream = upstream
        self.registrations: list[Registration] = []
        self.references: list[str] = []
        self.invokes: list[str] = []
        self.outputs: dict[str, Any] = {}
        self.finished: list[str] = []

    def __getitem__(self, name: str) -> Registration:
        """The one resource of that name."""
        found = [registration for registration in self.registrations if registration.name == name]
        assert len(found) == 1, f"{name}: {found}"
        return found[0]

    def of(self, type_: str) -> list[Registration]:
        """The resources of a type. Example: `of("VirtualMachine")`."""
        return [r for r in self.registrations if r.type.endswith(f":{type_}")]

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        """Record a resource and answer with ids and outputs, unknown in a preview."""
        if request.type == "pulumi:pulumi:Stack":
            return super().RegisterResource(request)
        inputs = _plain(rpc.deserialize_properties(request.object, keep_unknowns=True))
        urn = f"urn:pulumi:stack::project::{request.type}::{request.name}"
        self.registrations.append(
            Registration(
                type=request.type,
                name=request.name,
                custom=request.custom,
                inputs=inputs,
                parent=_name(request.parent),
                provider=_name(request.provider.rpartition("::")[0]),
                protect=request.protect,
                aliases=tuple(alias.urn or alias.spec.name for alias in request.aliases),
                depends_on=frozenset(_name(dependency) for dependency in request.dependencies),
            )
        )
        known = not self.preview or not request.custom
        computed = {
            key: f"{request.name}:{value}" if known else pulumi.UNKNOWN
            for key, value in COMPUTED.get(request.type, {}).items()
        }
        id_ = f"{request.name}:id" if request.custom and known else ""
        answer = resource_pb2.RegisterResourceResponse(urn=urn, id=id_, object=request.object)
        answer.object.update(_wire(computed))
        return answer

    def ReadResource(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        """Answer a StackReference with the upstream stack's outputs."""
        self.references.append(request.id)
        answer = resource_pb2.ReadResourceResponse(urn=f"urn:pulumi:stack::project::{request.type}::{request.name}")
        answer.properties.update({"name": request.id, "outputs": self.upstream, "secretOutputNames": []})
        return answer

    def Invoke(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        """Answer the data sources the components use, and the engine's own for another stack's outputs."""
        if request.tok == "pulumi:pulumi:readStackOutputs":
            self.references.append(request.args["name"])
            if not self.upstream:
                raise _UnknownStackError(request.args["name"])
        else:
            self.invokes.append(request.tok)
        results: Mapping[str, Any] = {
            "pulumi:pulumi:readStackOutputs": {"outputs": self.upstream},
            "vsphere:index/getVirtualMachine:getVirtualMachine": TEMPLATE,
            "vsphere:index/getDatastore:getDatastore": {"id": f"{request.args['name']}:id"},
            "vsphere:index/getHost:getHost": {"resourcePoolId": f"{request.args['name']}:pool"},
        }
        answer = resource_pb2.ResourceInvokeResponse()
        getattr(answer, "return").update(results[request.tok])
        return answer

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        """Record who registered outputs, and the stack's own."""
        self.finished.append(_name(request.urn))
        if "pulumi:pulumi:Stack::" in request.urn:
            self.outputs = _plain(rpc.deserialize_properties(request.outputs, keep_unknowns=True))
        return super().RegisterResourceOutputs(request)


def deploy(
    program: Callable[[], object],
    *,
    preview: bool = False,
    stack: str = "stack",
    config: Mapping[str, object] | None = None,
    upstream: Mapping[str, Any] | None = None,
) -> Recorder:
    """Run a program to its end and return what it registered. Its errors are raised."""
    # A program that fails leaves futures nobody asks for; the language host silences asyncio for the same reason.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    recorder = Recorder(preview=preview, upstream=upstream or {})
    set_all_config({k: v if isinstance(v, str) else json.dumps(v) for k, v in (config or {}).items()})

    def run() -> None:
        program()

    async def main() -> None:
        set_root_resource(cast("Any", None))
        settings = mocks.MockSettings(
            monitor=recorder,
            monitor_features=set(recorder.GetDeploymentInfo(None).supportedFeatures),
            engine=mocks.MockEngine(None),
            project="metropole",
            stack=stack,
            dry_run=preview,
            organization="organization",
        )
        configure(settings)
        # A program that failed leaves futures of a closed loop behind.
        cast("Any", SETTINGS).outputs.clear()
        await run_in_stack(run)

    asyncio.run(main())
    return recorder


def _name(urn: str) -> str:
    return "" if "pulumi:pulumi:Stack::" in urn else urn.rpartition("::")[2]


def _wire(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: UNKNOWN if isinstance(value, pulumi.output.Unknown) else value for key, value in values.items()}


def _plain(value: Any) -> Any:
    """Unknowns as the string `unknown`, secrets as `secret(…)`, numbers that are whole as int."""
    if isinstance(value, pulumi.output.Unknown):
        return "unknown"
    if rpc.is_rpc_secret(value):
        return f"secret({_plain(rpc.unwrap_rpc_secret(value))})"
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[Any]", value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value
