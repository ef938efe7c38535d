"""The engine's provider protocol in front of a `ProviderLogic`: it marshals and decides nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterable
from contextlib import contextmanager

from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2

from providers.failures import refuse
from providers.logic import Change, CheckFailure, CheckResult, DiffResult, PartialFailure, Properties, ProviderLogic
from providers.marshal import from_struct, to_struct
from providers.observer import Observer
from providers.secrets import keep_secrets
from providers.values import same

_KINDS = {
    Change.ADD: provider_pb2.PropertyDiff.ADD,
    Change.ADD_REPLACE: provider_pb2.PropertyDiff.ADD_REPLACE,
    Change.DELETE: provider_pb2.PropertyDiff.DELETE,
    Change.DELETE_REPLACE: provider_pb2.PropertyDiff.DELETE_REPLACE,
    Change.UPDATE: provider_pb2.PropertyDiff.UPDATE,
    Change.UPDATE_REPLACE: provider_pb2.PropertyDiff.UPDATE_REPLACE,
}

_FIRST_KEY = re.compile(r'\["(?P<quoted>(?:[^"\\]|\\.)*)"\]|(?P<bare>[^.\[]+)')

_ENGINE_KEYS = frozenset({"version", "pluginDownloadURL", "__internal"})
"""What the engine keeps for itself among a provider's configuration; it restores them after a check."""


class Servicer:
    """One provider instance of one engine: a method for each of the protocol's, by its name in snake case.

    Resource references are declined, so they arrive as plain ids, as with the official bridged providers.
    """

    def __init__(self, logic: ProviderLogic, observer: Observer) -> None:
        self._logic = logic
        self._observer = observer

    def handshake(self, _request: provider_pb2.ProviderHandshakeRequest) -> provider_pb2.ProviderHandshakeResponse:
        """Settle what both sides understand."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def attach(self, _request: plugin_pb2.PluginAttach) -> empty_pb2.Empty:
        """Accept an engine that found this server by its port."""
        return empty_pb2.Empty()

    def get_plugin_info(self, _request: empty_pb2.Empty) -> plugin_pb2.PluginInfo:
        """Say the version of the package."""
        return plugin_pb2.PluginInfo(version=self._logic.version)

    def get_schema(self, _request: provider_pb2.GetSchemaRequest) -> provider_pb2.GetSchemaResponse:
        """Say the package's name and version; its types are those of the official SDK."""
        schema = {"name": self._logic.name, "version": self._logic.version}
        return provider_pb2.GetSchemaResponse(schema=json.dumps(schema))

    def check_config(self, request: provider_pb2.CheckRequest) -> provider_pb2.CheckResponse:
        """Validate the provider's configuration."""
        news = _configuration(from_struct(request.news))
        return _checked(self._logic.check_config(news), news)

    def diff_config(self, request: provider_pb2.DiffRequest) -> provider_pb2.DiffResponse:
        """Compare two configurations of the provider."""
        olds, news = _configuration(from_struct(request.olds)), _configuration(from_struct(request.news))
        return _difference(self._logic.diff_config(olds, news), olds, news)

    def configure(self, request: provider_pb2.ConfigureRequest) -> provider_pb2.ConfigureResponse:
        """Take the configuration."""
        config = _configuration(from_struct(request.args))
        self._observer.configuring(config)
        self._logic.configure(config)
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def check(self, request: provider_pb2.CheckRequest) -> provider_pb2.CheckResponse:
        """Validate a resource's inputs."""
        news = from_struct(request.news)
        result = self._logic.check(request.urn, _type(request.type, request.urn), from_struct(request.olds), news)
        return _checked(result, news)

    def diff(self, request: provider_pb2.DiffRequest) -> provider_pb2.DiffResponse:
        """Compare a resource's state with its new inputs."""
        old_inputs, news = from_struct(request.old_inputs), from_struct(request.news)
        result = self._logic.diff(
            request.urn,
            _type(request.type, request.urn),
            request.id,
            old_inputs,
            from_struct(request.olds),
            news,
            tuple(request.ignoreChanges),
        )
        return _difference(result, old_inputs, news)

    def create(self, request: provider_pb2.CreateRequest) -> provider_pb2.CreateResponse:
        """Make a resource, or preview it."""
        inputs = from_struct(request.properties)
        type_ = _type(request.type, request.urn)
        if not request.preview:
            self._observer.creating(request.urn, type_)
        with _partial_secrets(inputs):
            result = self._logic.create(request.urn, type_, inputs, request.preview, request.timeout)
        return provider_pb2.CreateResponse(id=result.id, properties=to_struct(keep_secrets(result.properties, inputs)))

    def read(self, request: provider_pb2.ReadRequest) -> provider_pb2.ReadResponse:
        """Say what the world has of a resource; also the first half of an import."""
        inputs, properties = from_struct(request.inputs), from_struct(request.properties)
        result = self._logic.read(request.urn, _type(request.type, request.urn), request.id, inputs, properties)
        if not result.id:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=result.id,
            inputs=to_struct(keep_secrets(result.inputs, inputs)),
            properties=to_struct(keep_secrets(result.properties, properties)),
        )

    def update(self, request: provider_pb2.UpdateRequest) -> provider_pb2.UpdateResponse:
        """Change a resource in place, or preview it."""
        news = from_struct(request.news)
        with _partial_secrets(news):
            result = self._logic.update(
                request.urn,
                _type(request.type, request.urn),
                request.id,
                from_struct(request.old_inputs),
                from_struct(request.olds),
                news,
                request.preview,
                request.timeout,
            )
        return provider_pb2.UpdateResponse(properties=to_struct(keep_secrets(result, news)))

    def delete(self, request: provider_pb2.DeleteRequest) -> empty_pb2.Empty:
        """Remove a resource."""
        self._logic.delete(
            request.urn,
            _type(request.type, request.urn),
            request.id,
            from_struct(request.old_inputs),
            from_struct(request.properties),
            request.timeout,
        )
        return empty_pb2.Empty()

    def invoke(self, request: provider_pb2.InvokeRequest) -> provider_pb2.InvokeResponse:
        """Run a data source."""
        values, failures = self._logic.invoke(request.tok, from_struct(request.args))
        # `return` is a keyword, so the field cannot be named as an argument.
        return provider_pb2.InvokeResponse(**{"return": to_struct(values)}, failures=_failures(failures))

    def cancel(self, _request: empty_pb2.Empty) -> empty_pb2.Empty:
        """End what is under way."""
        self._logic.cancel()
        return empty_pb2.Empty()

    def parameterize(self, _request: provider_pb2.ParameterizeRequest) -> provider_pb2.ParameterizeResponse:
        """Refuse: the packages served here have no parameters."""
        refuse(f"package {self._logic.name} takes no parameters")

    def construct(self, request: provider_pb2.ConstructRequest) -> provider_pb2.ConstructResponse:
        """Refuse: the packages served here have no components."""
        refuse(f"package {self._logic.name} has no component {request.type}")

    def call(self, request: provider_pb2.CallRequest) -> provider_pb2.CallResponse:
        """Refuse: the packages served here have no methods."""
        refuse(f"package {self._logic.name} has no method {request.tok}")


def _type(type_: str, urn: str) -> str:
    """Return the resource's token; engines older than the field only send the URN."""
    return type_ or urn.split("::")[2].rsplit("$", maxsplit=1)[-1]


def _configuration(properties: Properties) -> Properties:
    return {key: value for key, value in properties.items() if key not in _ENGINE_KEYS}


@contextmanager
def _partial_secrets(inputs: Properties) -> Generator[None]:
    """What a half-made resource says of itself is kept as secret as what a whole one says."""
    try:
        yield
    except PartialFailure as failure:
        properties = keep_secrets(failure.properties, inputs)
        raise PartialFailure(failure.id, properties, failure.inputs, failure.reasons) from failure


def _failures(failures: Iterable[CheckFailure]) -> list[provider_pb2.CheckFailure]:
    return [provider_pb2.CheckFailure(property=failure.property, reason=failure.reason) for failure in failures]


def _checked(result: CheckResult, news: Properties) -> provider_pb2.CheckResponse:
    return provider_pb2.CheckResponse(
        inputs=to_struct(keep_secrets(result.inputs, news)), failures=_failures(result.failures)
    )


def _first_key(path: str) -> str:
    """Return the property a path starts with: `nics` of `nics[0].id`."""
    match = _FIRST_KEY.match(path)
    if match is None:
        return path
    return match["bare"] or match["quoted"].replace('\\"', '"').replace("\\\\", "\\")


def _difference(result: DiffResult, old_inputs: Properties, new_inputs: Properties) -> provider_pb2.DiffResponse:
    def between_inputs(path: str) -> bool:
        """Tell a change of the program from a drift of the world, which the engine shows against the old outputs."""
        key = _first_key(path)
        old, new = old_inputs.get(key), new_inputs.get(key)
        if old is None or new is None:
            return old is not new
        return not same(old, new)

    changes = result.changes
    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if changes else provider_pb2.DiffResponse.DIFF_NONE,
        diffs=sorted({_first_key(path) for path in changes}),
        replaces=sorted({_first_key(path) for path, change in changes.items() if change.replaces}),
        deleteBeforeReplace=result.delete_before_replace,
        detailedDiff={
            path: provider_pb2.PropertyDiff(kind=_KINDS[change], inputDiff=between_inputs(path))
            for path, change in changes.items()
        },
        hasDetailedDiff=True,
    )
