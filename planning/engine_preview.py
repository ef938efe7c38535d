"""The real engine's preview in the plan's own terms, and where the two disagree.

`pulumi preview --json --show-sames` says of every resource what the engine would write into its state.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from planning import wire
from planning.default_providers import is_default_provider
from planning.plan import CustomTimeouts, PlannedResource, ResourceOptions, Source, StackPlan
from planning.urns import parse_urn
from planning.values import FingerprintKey, Value, is_secret, is_unknown
from stacks.guard import HOOK as GATE_HOOK

_SECRET_TEXT = "[secret]"  # noqa: S105 - what the engine prints instead of one, also in the middle of a text
_UNKNOWNS = (
    wire.UNKNOWN,
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
)
"""What the engine writes for a value it does not know yet: one text for each kind of value."""
_SHOWN_UNKNOWN = re.compile(r"^output<.*>$", re.DOTALL)
"""And what it shows to people."""
_HOOKS = {
    "BeforeCreate": "before_create",
    "AfterCreate": "after_create",
    "BeforeUpdate": "before_update",
    "AfterUpdate": "after_update",
    "BeforeDelete": "before_delete",
    "AfterDelete": "after_delete",
    "OnError": "on_error",
}
_NOT_IN_A_STATE = frozenset(
    {"aliases", "delete_before_replace", "providers", "version", "plugin_download_url", "env_var_mappings"}
)
_KEY = FingerprintKey(b"")  # the engine shows no secret, so there is nothing to take a fingerprint of


def read_preview(text: str | bytes) -> dict[str, PlannedResource]:
    """The resources of a `pulumi preview --json` by URN; those to be deleted are left out.

    What a state does not hold is not there: `delete_before_replace`, a component's providers, a plugin's version.
    """
    steps = cast("list[dict[str, Any]]", json.loads(text).get("steps") or [])
    states = [step["newState"] for step in steps if step.get("newState")]
    return {state["urn"]: resource_of_state(state) for state in states}


def disagreements(plan: StackPlan, preview: Mapping[str, PlannedResource], *, defaults: bool = True) -> tuple[str, ...]:
    """Every difference between an offline plan and the engine's preview of the same, empty, stack.

    What the plan does not know may be anything. With `defaults`, a provider may have added inputs of its own. A default
    provider is in the plan and in the engine's state, and in no preview.
    """
    found: list[str] = []
    shown = {urn for urn, resource in plan.by_urn.items() if not is_default_provider(resource)}
    for urn in sorted({*shown, *preview}):
        if urn not in preview:
            found.append(f"{urn}: only the offline plan has it")
        elif urn not in plan.by_urn:
            found.append(f"{urn}: only the engine has it")
        else:
            found.extend(f"{urn}: {text}" for text in _compare(plan.by_urn[urn], preview[urn], defaults))
    return tuple(found)


def _compare(ours: PlannedResource, engines: PlannedResource, defaults: bool) -> Iterator[str]:
    for field in ("type", "name", "custom", "external", "parent", "provider", "dependencies", "property_dependencies"):
        if getattr(ours, field) != getattr(engines, field):
            yield f"{field} is {getattr(ours, field)!r}, the engine has {getattr(engines, field)!r}"
    for field in type(engines.options).model_fields:
        if field in _NOT_IN_A_STATE:
            continue
        mine, theirs = getattr(ours.options, field) or None, getattr(engines.options, field) or None
        if mine != theirs:
            yield f"option {field} is {mine!r}, the engine has {theirs!r}"
    # The engine writes down only the alias under which it found something.
    for alias in set(engines.options.aliases) - set(ours.options.aliases):
        yield f"the engine found it under {alias}, which is none of {ours.options.aliases!r}"
    yield from _disagreeing("inputs", ours.inputs, engines.inputs, defaults)


def _disagreeing(path: str, ours: Value, engines: Value, defaults: bool) -> Iterator[str]:
    if is_unknown(ours):
        return
    if is_secret(ours) != is_secret(engines):
        yield f"{path} is {ours!r}, the engine has {engines!r}"
    elif is_secret(ours):
        return
    elif isinstance(ours, dict) and isinstance(engines, dict):
        mine, theirs = cast("dict[str, Value]", ours), cast("dict[str, Value]", engines)
        for key in sorted({*mine, *theirs}):
            if key in mine or not defaults:
                yield from _disagreeing(f"{path}.{key}", mine.get(key), theirs.get(key), defaults)
    elif isinstance(ours, list) and isinstance(engines, list) and len(cast("list[Value]", ours)) == len(engines):
        for index, pair in enumerate(zip(cast("list[Value]", ours), cast("list[Value]", engines), strict=True)):
            yield from _disagreeing(f"{path}[{index}]", *pair, defaults)
    elif ours != engines:
        yield f"{path} is {ours!r}, the engine has {engines!r}"


def resource_of_state(state: Mapping[str, Any]) -> PlannedResource:
    """One resource as a state of the engine has it; `KeyError` and its kin when it is none."""
    urn = parse_urn(state["urn"])
    dependencies = cast("Mapping[str, list[str] | None]", state.get("propertyDependencies") or {})
    return PlannedResource(
        urn=state["urn"],
        type=state["type"],
        name=urn.name,
        custom=state["custom"],
        external=state.get("external", False),
        id=state.get("id") if state.get("external") else None,
        parent=state.get("parent"),
        provider=state.get("provider"),
        inputs=_properties(state.get("inputs") or {}),
        outputs={} if state["custom"] else _properties(state.get("outputs") or {}),
        dependencies=tuple(sorted(state.get("dependencies") or ())),
        property_dependencies={key: tuple(sorted(urns)) for key, urns in sorted(dependencies.items()) if urns},
        options=ResourceOptions(
            aliases=tuple(state.get("aliases") or ()),
            protect=state.get("protect"),
            ignore_changes=tuple(state.get("ignoreChanges") or ()),
            replace_on_changes=tuple(state.get("replaceOnChanges") or ()),
            replacement_trigger=_properties({"": state.get("replacementTrigger")})[""],
            replace_with=tuple(state.get("replaceWith") or ()),
            additional_secret_outputs=tuple(state.get("additionalSecretOutputs") or ()),
            retain_on_delete=state.get("retainOnDelete"),
            deleted_with=state.get("deletedWith"),
            import_id=state.get("importID"),
            custom_timeouts=CustomTimeouts(**(state.get("customTimeouts") or {})),
            hooks=_hooks(state.get("resourceHooks") or {}),
            hide_diffs=tuple(state.get("hideDiff") or ()),
        ),
        source=_source(state.get("sourcePosition")),
    )


def _hooks(bound: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """The program's own: the gate's is bound only where an engine runs, to what a plan left undetermined."""
    own = {_HOOKS[kind]: tuple(name for name in names if name != GATE_HOOK) for kind, names in bound.items()}
    return {kind: names for kind, names in own.items() if names}


def _source(position: str | None) -> Source | None:
    if not position:
        return None
    parts = urlsplit(position)
    return Source(file=str(PurePosixPath(unquote(parts.path)).relative_to("/")), line=int(parts.fragment.split(",")[0]))


def _properties(properties: Mapping[str, Any]) -> dict[str, Value]:
    return _KEY.properties({key: _hidden(value) for key, value in properties.items()})


def _hidden(value: wire.Wire) -> wire.Wire:
    if isinstance(value, str):
        return _marked(value)
    if isinstance(value, dict):
        if wire.signature(value) == wire.SECRET:
            return wire.secret(wire.UNKNOWN)
        return {key: _hidden(inner) for key, inner in cast("dict[str, wire.Wire]", value).items()}
    if isinstance(value, list):
        return [_hidden(inner) for inner in cast("list[wire.Wire]", value)]
    return value


def _marked(text: str) -> wire.Wire:
    if _SECRET_TEXT in text:
        return wire.secret(wire.UNKNOWN)
    return wire.UNKNOWN if _SHOWN_UNKNOWN.match(text) or any(unknown in text for unknown in _UNKNOWNS) else text
