"""What a provider must decide, free of gRPC: `providers.servicer` speaks the engine's protocol in front of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pulumi.provider.experimental.property_value import PropertyValue

Properties = Mapping[str, PropertyValue]
"""Property name (camel case, as in the package's schema) to value; unknowns and secrets are kept as such."""


@dataclass(frozen=True)
class CheckFailure:
    """Why an input is refused."""

    property: str
    """The property's path, `networkInterfaces[0].networkId`; empty when no single one is to blame."""
    reason: str


@dataclass(frozen=True)
class CheckResult:
    """Inputs as they will be kept in the state (defaults filled in), or the reasons to refuse them."""

    inputs: Properties
    failures: tuple[CheckFailure, ...] = ()


class Change(StrEnum):
    """What happens to one property; the `_REPLACE` ones ask for a new resource."""

    ADD = "add"
    ADD_REPLACE = "add-replace"
    DELETE = "delete"
    DELETE_REPLACE = "delete-replace"
    UPDATE = "update"
    UPDATE_REPLACE = "update-replace"

    @property
    def replaces(self) -> bool:
        """Whether the resource has to be made anew."""
        return self.value.endswith("-replace")


@dataclass(frozen=True)
class DiffResult:
    """The detailed difference of a resource; no changes means nothing to do."""

    changes: Mapping[str, Change] = field(default_factory=dict[str, Change])
    """Property path (`nics[0].networkId`) to what happens to it."""
    delete_before_replace: bool = False
    """The old resource has to be gone first: the two cannot exist side by side."""


@dataclass(frozen=True)
class CreateResult:
    """A resource that exists now. In a preview the id is empty and computed outputs are unknown."""

    id: str
    properties: Properties


@dataclass(frozen=True)
class ReadResult:
    """A resource as the world has it. An empty id says it is gone."""

    id: str
    inputs: Properties
    properties: Properties


class ProviderError(Exception):
    """A message for the user: what failed, in the words of the world, and what to do about it."""


class PartialFailure(ProviderError):  # noqa: N818 - the engine's own word for it
    """The resource exists, but a later step failed: the engine keeps the state and mends it at the next update."""

    def __init__(self, id: str, properties: Properties, inputs: Properties, reasons: Sequence[str]) -> None:
        super().__init__("; ".join(reasons))
        self.id = id
        self.properties = properties
        self.inputs = inputs
        self.reasons = tuple(reasons)


class ProviderLogic(ABC):
    """One provider instance: one configuration, called from many threads at once.

    Every method may raise `ProviderError`. An unknown value only ever arrives in previews, in `check` and in `diff`.
    Timeouts are seconds; 0 means the user set none.
    """

    name: str
    """The package: `vsphere`."""
    version: str
    """The version of the package whose schema is served: `4.17.1`."""

    @abstractmethod
    def check_config(self, news: Properties) -> CheckResult:
        """Validate the provider's own configuration. What is not a string arrives JSON-encoded in a string."""

    @abstractmethod
    def diff_config(self, olds: Properties, news: Properties) -> DiffResult:
        """Compare two checked configurations; a `_REPLACE` change replaces every resource of the provider."""

    @abstractmethod
    def configure(self, config: Properties) -> None:
        """Take the checked configuration. Called once, before anything below.

        The engine never gets this far while a value of the configuration is unknown.
        """

    @abstractmethod
    def check(self, urn: str, type_: str, olds: Properties, news: Properties) -> CheckResult:
        """Validate a resource's inputs and fill in defaults. `olds` are the previous checked inputs, or empty."""

    @abstractmethod
    def diff(
        self,
        urn: str,
        type_: str,
        id_: str,
        old_inputs: Properties,
        old_outputs: Properties,
        new_inputs: Properties,
        ignore_changes: Sequence[str],
    ) -> DiffResult:
        """Compare what the state holds with the new checked inputs.

        The engine already resets the inputs named by `ignore_changes` to their old values; the paths are passed on for
        logic that compares with `old_outputs`.
        """

    @abstractmethod
    def create(self, urn: str, type_: str, inputs: Properties, preview: bool, timeout: float) -> CreateResult:
        """Make the resource, or only say what it would look like. May raise `PartialFailure`."""

    @abstractmethod
    def read(self, urn: str, type_: str, id_: str, inputs: Properties, properties: Properties) -> ReadResult:
        """Say what the world has. In an import `inputs` and `properties` are empty and only the id is known."""

    @abstractmethod
    def update(
        self,
        urn: str,
        type_: str,
        id_: str,
        old_inputs: Properties,
        old_outputs: Properties,
        new_inputs: Properties,
        preview: bool,
        timeout: float,
    ) -> Properties:
        """Change the resource in place and return its properties. May raise `PartialFailure`."""

    @abstractmethod
    def delete(self, urn: str, type_: str, id_: str, inputs: Properties, outputs: Properties, timeout: float) -> None:
        """Remove the resource; one that is gone already is no error."""

    @abstractmethod
    def invoke(self, token: str, args: Properties) -> tuple[Properties, tuple[CheckFailure, ...]]:
        """Run a data source."""

    @abstractmethod
    def cancel(self) -> None:
        """Make operations under way, and all later ones, end soon with a `ProviderError`. Must not block."""

    @abstractmethod
    def close(self) -> None:
        """Give back sessions and connections. Called once, after the last operation ended."""
