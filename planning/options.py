"""Resource options: from a registration's request, through transforms, to what the plan records."""

from __future__ import annotations

import re

from pulumi.runtime.proto import alias_pb2, resource_pb2

from planning.plan import CustomTimeouts, ResourceOptions
from planning.urns import alias_urn, parse_urn
from planning.values import FingerprintKey
from planning.wire import plain

_HOOK_KINDS = (
    "before_create",
    "after_create",
    "before_update",
    "after_update",
    "before_delete",
    "after_delete",
    "on_error",
)
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_DURATION_PART = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)")


def transform_options(
    request: resource_pb2.RegisterResourceRequest, provider: str
) -> resource_pb2.TransformResourceOptions:
    """The options of a request in the form that transforms receive and may change."""
    options = resource_pb2.TransformResourceOptions(
        depends_on=request.dependencies,
        ignore_changes=request.ignoreChanges,
        replace_on_changes=request.replaceOnChanges,
        version=request.version,
        aliases=[*(alias_pb2.Alias(urn=urn) for urn in request.aliasURNs), *request.aliases],
        provider=provider,
        providers=dict(request.providers),
        hide_diff=request.hideDiffs,
        plugin_download_url=request.pluginDownloadURL,
        deleted_with=request.deletedWith,
        replace_with=request.replace_with,
        additional_secret_outputs=request.additionalSecretOutputs,
    )
    setattr(options, "import", request.importId)
    if request.HasField("protect"):
        options.protect = request.protect
    if request.HasField("retainOnDelete"):
        options.retain_on_delete = request.retainOnDelete
    if request.deleteBeforeReplaceDefined or request.deleteBeforeReplace:
        options.delete_before_replace = request.deleteBeforeReplace
    if request.HasField("customTimeouts"):
        options.custom_timeouts.CopyFrom(request.customTimeouts)
    if request.HasField("hooks"):
        options.hooks.CopyFrom(request.hooks)
    if request.HasField("replacement_trigger"):
        options.replacement_trigger.CopyFrom(request.replacement_trigger)
    return options


def planned_options(
    options: resource_pb2.TransformResourceOptions,
    request: resource_pb2.RegisterResourceRequest,
    urn: str,
    key: FingerprintKey,
) -> ResourceOptions:
    """What the plan records; `ValueError` in the engine's words for a timeout that is no duration."""
    hooks = {kind: tuple(getattr(options.hooks, kind)) for kind in _HOOK_KINDS} if options.HasField("hooks") else {}
    trigger = options.replacement_trigger if options.HasField("replacement_trigger") else None
    return ResourceOptions(
        aliases=_aliases(options, request, urn),
        protect=options.protect if options.HasField("protect") else None,
        delete_before_replace=options.delete_before_replace if options.HasField("delete_before_replace") else None,
        ignore_changes=tuple(options.ignore_changes),
        replace_on_changes=tuple(options.replace_on_changes),
        replacement_trigger=None if trigger is None else key.value(plain(trigger)),
        replace_with=tuple(options.replace_with),
        additional_secret_outputs=tuple(options.additional_secret_outputs),
        retain_on_delete=options.retain_on_delete if options.HasField("retain_on_delete") else None,
        deleted_with=options.deleted_with or None,
        import_id=getattr(options, "import") or None,
        custom_timeouts=_timeouts(options),
        hooks={kind: names for kind, names in hooks.items() if names},
        hide_diffs=tuple(options.hide_diff),
        providers=dict(sorted(options.providers.items())),
        version=options.version or None,
        plugin_download_url=options.plugin_download_url or None,
        env_var_mappings=dict(sorted(request.envVarMappings.items())),
    )


def seconds(duration: str) -> float:
    """Seconds of a duration as Go writes it: `1h30m`, `2.5s`."""
    sign = -1.0 if duration.startswith("-") else 1.0
    rest = duration.lstrip("+-")
    if rest == "0":
        return 0.0
    parts = _DURATION_PART.findall(rest)
    if not parts or "".join(number + unit for number, unit in parts) != rest:
        raise ValueError(f"unable to parse customTimeout Value {duration}")
    return sign * sum(float(number) * _SECONDS[unit] for number, unit in parts)


def _timeouts(options: resource_pb2.TransformResourceOptions) -> CustomTimeouts:
    if not options.HasField("custom_timeouts"):
        return CustomTimeouts()
    given = options.custom_timeouts
    return CustomTimeouts(
        **{
            operation: seconds(text)
            for operation in ("create", "update", "delete", "read")
            if (text := getattr(given, operation))
        }
    )


def _aliases(
    options: resource_pb2.TransformResourceOptions, request: resource_pb2.RegisterResourceRequest, urn: str
) -> tuple[str, ...]:
    own = parse_urn(urn)
    found: dict[str, None] = {}
    for alias in options.aliases:
        if alias.WhichOneof("alias") != "spec":
            found[alias.urn] = None
            continue
        spec = alias.spec
        former = alias_urn(
            spec_parent=spec.parentUrn if spec.WhichOneof("parent") == "parentUrn" else "",
            no_parent=spec.WhichOneof("parent") == "noParent" and spec.noParent,
            own_parent=request.parent,
            stack=spec.stack or own.stack,
            project=spec.project or own.project,
            type_=spec.type or request.type,
            name=spec.name or request.name,
        )
        found[former] = None
    return tuple(found)
