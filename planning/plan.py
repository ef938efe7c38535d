"""What a plan is: every resource of every stack, as the program asks for it, in versioned JSON.

URNs are the engine's own. Values may be unknown (nothing was deployed) or secret (never written down); how both look
is said in `planning.values`.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field

from planning.urns import is_provider_type, type_package
from planning.values import Value, without_fingerprints


class Model(BaseModel):
    """Frozen; refuses keys it does not know, so an older reader never misreads a newer plan."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class CustomTimeouts(Model):
    """Limits on single operations, in seconds; None leaves the provider's default."""

    create: float | None = None
    update: float | None = None
    delete: float | None = None
    read: float | None = None


class ResourceOptions(Model):
    """The options a resource is registered with, after inheritance and transforms; unset ones are absent from JSON."""

    aliases: tuple[str, ...] = ()
    """URNs the resource may have had before."""
    protect: bool | None = None
    delete_before_replace: bool | None = None
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    replacement_trigger: Value = None
    replace_with: tuple[str, ...] = ()
    """URNs whose replacement replaces this resource too."""
    additional_secret_outputs: tuple[str, ...] = ()
    retain_on_delete: bool | None = None
    deleted_with: str | None = None
    """The URN whose deletion takes this resource along."""
    import_id: str | None = None
    custom_timeouts: CustomTimeouts = CustomTimeouts()
    hooks: dict[str, tuple[str, ...]] = {}
    """Kind of hook (`before_create`, ...) to the names of the hooks bound to it."""
    hide_diffs: tuple[str, ...] = ()
    providers: dict[str, str] = {}
    """Components only: package to the provider reference its children inherit."""
    version: str | None = None
    plugin_download_url: str | None = None
    env_var_mappings: dict[str, str] = {}
    """Providers only: environment variable to the variable the plugin sees it as."""


class Source(Model):
    """Where the program asked for a resource."""

    file: str
    """Relative to the checkout when inside it. Example: `components/datacenters/datacenter.py`."""
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class PlannedResource(Model):
    """One resource as the program registers or reads it."""

    urn: str
    type: str
    """Type token. Example: `vsphere:index/datacenter:Datacenter`."""
    name: str
    custom: bool
    """Managed by a provider; otherwise a component, which only groups others."""
    external: bool = False
    """Read, not managed: a StackReference, a `Resource.get`."""
    id: str | None = None
    """What an external resource is read by."""
    parent: str | None = None
    provider: str | None = None
    """`<URN of the provider>::<its id>`, as the engine writes it; the id is the unknown sentinel before a first up."""
    inputs: dict[str, Value] = {}
    outputs: dict[str, Value] = {}
    """What a component or the stack registered, or what an external resource was found to be."""
    dependencies: tuple[str, ...] = ()
    property_dependencies: dict[str, tuple[str, ...]] = {}
    """Input to the URNs its value came from; inputs that depend on nothing are left out."""
    options: ResourceOptions = ResourceOptions()
    source: Source | None = None

    @property
    def package(self) -> str:
        """The package its provider comes from: `vsphere`."""
        return type_package(self.type)

    @property
    def provider_urn(self) -> str | None:
        """The URN of the provider that manages it."""
        return self.provider.rpartition("::")[0] if self.provider else None

    @property
    def is_provider(self) -> bool:
        """Whether it is a provider itself."""
        return is_provider_type(self.type)

    @property
    def is_deployable(self) -> bool:
        """Whether an `up` makes something in the world for it: custom, managed, not a provider."""
        return self.custom and not self.external and not self.is_provider


class Hook(Model):
    """A hook the program registered; the plan never runs it."""

    name: str
    kind: Literal["resource", "error"]
    on_dry_run: bool = False
    ignore_errors: bool = False


class Diagnostic(Model):
    """Something the program said through `pulumi.log`; secrets in it are masked."""

    severity: Literal["info", "warning", "error"]
    message: str
    urn: str | None = None


class StackPlan(Model):
    """Everything one stack's program asks for; resources sorted by URN."""

    name: str
    layer: str
    part: str | None = None
    """Which part of the layer, where a layer is cut into several stacks."""
    environment: str | None = None
    """What its configuration says under `environment`: `production`, `rehearsal`, `ephemeral`."""
    resources: tuple[PlannedResource, ...]
    outputs: dict[str, Value] = {}
    hooks: tuple[Hook, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    @cached_property
    def by_urn(self) -> Mapping[str, PlannedResource]:
        """URN to resource."""
        return {resource.urn: resource for resource in self.resources}

    @property
    def deployable(self) -> tuple[PlannedResource, ...]:
        """What an `up` would make in the world."""
        return tuple(resource for resource in self.resources if resource.is_deployable)


class Plan(Model):
    """What a territory's stacks ask for, without having asked anybody but the program."""

    schema_version: Literal[1]
    territory: str
    fingerprint_key: str
    """Names the key of the secrets' fingerprints: only plans with the same one can be compared down to secrets."""
    stacks: tuple[StackPlan, ...] = Field(default=())

    def stack(self, name: str) -> StackPlan:
        """The plan of one stack; `KeyError` when it is not part of this plan."""
        for stack in self.stacks:
            if stack.name == name:
                return stack
        raise KeyError(name)

    @property
    def resource_count(self) -> int:
        """How many resources an `up` would make in the world."""
        return sum(len(stack.deployable) for stack in self.stacks)

    @property
    def by_type(self) -> dict[str, int]:
        """Type token to how many of it an `up` would make, most frequent first."""
        counted = Counter(resource.type for stack in self.stacks for resource in stack.deployable)
        return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))

    def to_json(self) -> str:
        """The plan as a document; `from_json` reads it back."""
        return self.model_dump_json(exclude_defaults=True, indent=1)

    @classmethod
    def from_json(cls, text: str | bytes) -> Plan:
        """Read a plan; `pydantic.ValidationError` when it is none of ours."""
        return cls.model_validate_json(text)

    def digest(self) -> str:
        """SHA-256 of what would be deployed: the same for every run on the same program and configuration.

        Left out is what differs without changing the result: source lines, messages, and the fingerprints of secrets,
        which need their key.
        """
        document = self.model_dump(
            mode="json",
            exclude_defaults=True,
            exclude={"fingerprint_key": True, "stacks": {"__all__": {"diagnostics": True}}},
        )
        for stack in cast("list[dict[str, Any]]", document.get("stacks", [])):
            for resource in cast("list[dict[str, Any]]", stack["resources"]):
                resource.pop("source", None)
        canonical = json.dumps(without_fingerprints(document), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


def summary(plan: Plan, seconds: float) -> dict[str, Any]:
    """What `plan --json` prints; `resources` counts what an `up` would make (components and providers are not)."""
    return {
        "territory": plan.territory,
        "stacks": [{"name": stack.name, "resources": len(stack.deployable)} for stack in plan.stacks],
        "resources": plan.resource_count,
        "by_type": plan.by_type,
        "digest": plan.digest(),
        "seconds": round(seconds, 3),
    }
