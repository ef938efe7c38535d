"""What happens when a program registers or reads a resource: the engine's steps, in the engine's order.

Provider inheritance, transforms, dependencies, default providers and aliases follow `RegisterResource` of the pinned
engine; what is missing is only what needs a provider or a state.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

from google.protobuf import struct_pb2
from pulumi.runtime.proto import callback_pb2, resource_pb2

from planning import wire
from planning.callbacks import Callbacks
from planning.default_providers import default_name, denial, is_denied, package_config, provider_inputs
from planning.ledger import Entry, Ledger
from planning.options import planned_options, transform_options
from planning.plan import PlannedResource, Source
from planning.stack_references import STACK_REFERENCE, StackReferences
from planning.urns import is_provider_type, type_package
from planning.values import FingerprintKey

Dependencies = dict[str, set[str]]


class Registrar:
    """Turns requests into ledger entries and answers."""

    def __init__(
        self,
        ledger: Ledger,
        key: FingerprintKey,
        callbacks: Callbacks,
        references: StackReferences,
        config: Mapping[str, str],
        secret_keys: frozenset[str],
    ) -> None:
        self.stack_transforms: list[callback_pb2.Callback] = []
        self.packages: dict[str, resource_pb2.RegisterPackageRequest] = {}
        self._ledger = ledger
        self._key = key
        self._callbacks = callbacks
        self._references = references
        self._config = config
        self._secret_keys = secret_keys
        self._lock = threading.RLock()

    def register(
        self, asked: resource_pb2.RegisterResourceRequest, source: Source | None
    ) -> resource_pb2.RegisterResourceResponse:
        """Record a managed resource or a component. Its outputs are its inputs; all else is not known yet."""
        request = resource_pb2.RegisterResourceRequest()
        request.CopyFrom(asked)
        self._check(request, source)
        self._ledger.inherit(request)
        options = transform_options(request, self._resolved_provider(request))
        properties, options, dependencies, by_property = self._transformed(request, options)
        with self._lock:
            if not request.custom:
                for package, provider in self._ledger.component_providers(request.parent).items():
                    options.providers.setdefault(package, provider)
            urn = self._ledger.claim(request.parent, request.type, request.name, source)
            self._finish_provider(request, options, properties, urn, source)
            entry = Entry(
                resource=PlannedResource(
                    urn=urn,
                    type=request.type,
                    name=request.name,
                    custom=request.custom,
                    parent=request.parent or None,
                    provider=options.provider or None if request.custom else None,
                    inputs=self._key.properties(properties),
                    dependencies=tuple(sorted(dependencies)),
                    property_dependencies={
                        key: tuple(sorted(urns)) for key, urns in sorted(by_property.items()) if urns
                    },
                    options=planned_options(options, request, urn, self._key),
                    source=source,
                ),
                state=self._state(request, options, properties),
                id=wire.UNKNOWN if is_provider_type(request.type) else getattr(options, "import"),
                transforms=tuple(request.transforms),
                deleted_with=options.deleted_with,
                retain_on_delete=options.retain_on_delete if options.HasField("retain_on_delete") else None,
                protect=options.protect if options.HasField("protect") else None,
                provider=options.provider if request.custom else "",
                providers=tuple(options.providers.items()),
            )
            self._ledger.add(entry)
        return resource_pb2.RegisterResourceResponse(
            urn=urn,
            id=entry.id if request.custom else "",
            object=entry.state if request.custom else struct_pb2.Struct(),
        )

    def read(
        self, request: resource_pb2.ReadResourceRequest, source: Source | None
    ) -> resource_pb2.ReadResourceResponse:
        """Record a resource that is only read. Offline, nothing can be read but the outputs of another stack."""
        with self._lock:
            provider = request.provider or self._default_provider(
                type_package(request.type), request.packageRef, request.version, request.pluginDownloadURL,
                request.type, source,
            )  # fmt: skip
            urn = self._ledger.claim(request.parent, request.type, request.name, source)
            properties = wire.plain_map(request.properties)
            state = request.properties
            if request.type == STACK_REFERENCE:
                try:
                    state = self._references.read(request.id)
                except LookupError as error:
                    raise self._ledger.refused(
                        str(error.args[0]),
                        source,
                        "Name that stack's layer as upstream of this one, or plan both together.",
                    ) from None
            resource = PlannedResource(
                urn=urn,
                type=request.type,
                name=request.name,
                custom=True,
                external=True,
                id=request.id,
                parent=request.parent or None,
                provider=provider,
                inputs=self._key.properties(properties),
                outputs=self._key.properties(wire.plain_map(state)) if request.type == STACK_REFERENCE else {},
                dependencies=tuple(sorted(request.dependencies)),
                source=source,
            )
            self._ledger.add(Entry(resource=resource, state=state, id=request.id, provider=provider))
        return resource_pb2.ReadResourceResponse(urn=urn, properties=state)

    def function_provider(
        self, request: resource_pb2.ResourceInvokeRequest, options: resource_pb2.TransformInvokeOptions
    ) -> str:
        """The provider that would answer a function call; refused when there is none."""
        with self._lock:
            package = type_package(request.tok)
            if not options.provider:
                return self._default_provider(
                    package, request.packageRef, options.version, options.plugin_download_url, request.tok, None
                )
            if self._ledger.get(options.provider.rpartition("::")[0]) is None:
                raise self._ledger.refused(f"unknown provider '{options.provider}'", None)
            return options.provider

    def parent_provider(self, parent: str, package: str) -> str:
        """The provider a component hands down for a package; empty when it has none."""
        return self._ledger.component_providers(parent).get(package, "")

    def _check(self, request: resource_pb2.RegisterResourceRequest, source: Source | None) -> None:
        if (request.custom or request.remote) and request.type.count(":") != 2:
            raise self._ledger.refused(
                f"Type '{request.type}' is not a valid type token (must have format '*:*:*')", source
            )
        if request.envVarMappings and not is_provider_type(request.type):
            raise self._ledger.refused("envVarMappings can only be used with provider resources", source)
        if request.remote:
            raise self._ledger.refused(
                f"component '{request.name}' [{request.type}] is built by a provider plugin, "
                "which an offline plan does not run",
                source,
                "Write the component in this repository's Python, or preview the stack with the engine.",
            )

    def _resolved_provider(self, request: resource_pb2.RegisterResourceRequest) -> str:
        if not request.custom or request.provider:
            return request.provider
        package = type_package(request.type)
        return request.providers.get(package) or self.parent_provider(request.parent, package)

    def _transformed(
        self, request: resource_pb2.RegisterResourceRequest, options: resource_pb2.TransformResourceOptions
    ) -> tuple[dict[str, wire.Wire], resource_pb2.TransformResourceOptions, set[str], Dependencies]:
        properties = wire.plain_map(request.object)
        dependencies = set(request.dependencies)
        by_property = {key: set(found.urns) for key, found in request.propertyDependencies.items()}
        if not by_property:
            by_property = {key: set(dependencies) for key in properties}
        inherited = [transform for entry in self._ledger.lineage(request.parent) for transform in entry.transforms]
        transforms = [*request.transforms, *inherited, *self.stack_transforms]
        if not transforms:
            return properties, options, dependencies, by_property
        properties = {key: wire.upgraded(value) for key, value in properties.items()}
        if request.transforms:
            properties = {
                key: wire.with_dependencies(value, sorted(by_property.get(key, ())))
                for key, value in properties.items()
            }
        properties, options = self._callbacks.transform(transforms, request, properties, options)
        found = {key: wire.output_dependencies(value) for key, value in properties.items()}
        if request.transforms:
            dependencies = set(options.depends_on).union(*found.values())
            by_property = found
        else:
            for key, urns in found.items():
                by_property[key] = by_property.get(key, set()) | urns
        return {key: wire.downgraded(value) for key, value in properties.items()}, options, dependencies, by_property

    def _finish_provider(
        self,
        request: resource_pb2.RegisterResourceRequest,
        options: resource_pb2.TransformResourceOptions,
        properties: dict[str, wire.Wire],
        urn: str,
        source: Source | None,
    ) -> None:
        if not request.custom:
            return
        if is_provider_type(request.type):
            completed = provider_inputs(
                properties, options.version, options.plugin_download_url, dict(request.envVarMappings)
            )
            properties.update(completed)
        elif not options.provider:
            options.provider = self._default_provider(
                type_package(request.type),
                request.packageRef,
                options.version,
                options.plugin_download_url,
                urn,
                source,
            )
        elif self._ledger.get(options.provider.rpartition("::")[0]) is None:
            raise self._ledger.refused(f"unknown provider '{options.provider}' for resource {urn}", source)

    def _default_provider(
        self, package: str, reference: str, version: str, download_url: str, subject: str, source: Source | None
    ) -> str:
        if is_denied(package, self._config):
            raise self._ledger.refused(
                denial(package, subject), source, "Pass `provider=` (or `providers=` to its component)."
            )
        if reference:
            registered = self.packages[reference]
            version, download_url = registered.version, registered.download_url
        type_ = f"pulumi:providers:{package}"
        name = default_name(version, download_url)
        urn = f"urn:pulumi:{self._ledger.stack}::{self._ledger.project}::{type_}::{name}"
        if self._ledger.get(urn) is None:
            config: dict[str, wire.Wire] = {
                key: wire.secret(value) if f"{package}:{key}" in self._secret_keys else value
                for key, value in package_config(package, self._config).items()
            }
            inputs = provider_inputs(config, version, download_url, {})
            resource = PlannedResource(urn=urn, type=type_, name=name, custom=True, inputs=self._key.properties(inputs))
            self._ledger.add(Entry(resource=resource, state=wire.packed(inputs), id=wire.UNKNOWN))
        return f"{urn}::{wire.UNKNOWN}"

    def _state(
        self,
        request: resource_pb2.RegisterResourceRequest,
        options: resource_pb2.TransformResourceOptions,
        properties: dict[str, wire.Wire],
    ) -> struct_pb2.Struct:
        hidden = {key for key in options.additional_secret_outputs if key in properties}
        unchanged = not (request.transforms or self.stack_transforms or hidden or is_provider_type(request.type))
        if unchanged and not any(entry.transforms for entry in self._ledger.lineage(request.parent)):
            return request.object
        return wire.packed({key: wire.secret(value) if key in hidden else value for key, value in properties.items()})
