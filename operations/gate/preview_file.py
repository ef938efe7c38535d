"""A file that `pulumi preview --json` of any project wrote, read as something that anybody may have written.

The result is what the gate judges: stacks as an offline plan has them, and what is about to happen to each resource.
A file that is cut off, ambiguous, too large or not whole is an `InputError`, never a smaller plan.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

from pydantic import ValidationError

from operations.errors import InputError
from planning.engine_preview import resource_of_state
from planning.plan import PlannedResource, StackPlan
from planning.urns import parse_urn
from policies.subjects import Operation

LARGEST_BYTES: Final = 256 * 2**20
LAYER: Final = "preview"
_REMEDY: Final = "write it anew: pulumi preview --json --show-sames > preview.json"
_OPERATIONS: Final[Mapping[str, Operation | None]] = {
    "create": Operation.CREATE,
    "import": Operation.CREATE,
    "update": Operation.UPDATE,
    "replace": Operation.REPLACE,
    "create-replacement": Operation.REPLACE,
    "delete-replaced": Operation.REPLACE,
    "import-replacement": Operation.REPLACE,
    "read-replacement": Operation.REPLACE,
    "discard-replaced": Operation.REPLACE,
    "delete": Operation.DELETE,
    "same": Operation.SAME,
    "read": None,
    "read-discard": None,
    "discard": None,
    "refresh": None,
    "remove-pending-replace": None,
}
"""The engine's steps; None for those that change nothing in the world."""


def read_preview_file(path: Path) -> tuple[tuple[StackPlan, ...], Mapping[str, Operation]]:
    """The stacks of a preview, and each resource's operation by URN. Raises `InputError`.

    What is about to be deleted is no part of a stack any more; its operation is there. Secrets and what is not known
    yet are markers, as in every plan.
    """
    document = _document(path)
    steps = document.get("steps")
    if not isinstance(steps, list):
        raise InputError(f"{path} is no preview: it has no list of steps", _REMEDY)
    resources: dict[str, PlannedResource] = {}
    operations: dict[str, Operation] = {}
    counted: Counter[str] = Counter()
    for index, step in enumerate(cast("list[Any]", steps)):
        _take(path, index, step, resources, operations, counted)
    _require_whole(path, document.get("changeSummary"), counted)
    if not resources:
        raise InputError(f"{path} holds no resource", _REMEDY)
    by_stack: defaultdict[str, list[PlannedResource]] = defaultdict(list)
    for urn in sorted(resources):
        by_stack[parse_urn(urn).stack].append(resources[urn])
    stacks = tuple(
        StackPlan(name=name, layer=LAYER, resources=tuple(members)) for name, members in sorted(by_stack.items())
    )
    return stacks, operations


def _document(path: Path) -> Mapping[str, Any]:
    try:
        if (size := path.stat().st_size) > LARGEST_BYTES:
            raise InputError(
                f"{path} has {size / 2**20:.0f} MiB; a preview may have {LARGEST_BYTES // 2**20}",
                "preview fewer stacks at a time",
            )
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", _REMEDY) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is no UTF-8 text (byte {error.start})", _REMEDY) from None
    try:
        document = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except _Ambiguous as error:
        raise InputError(f"{path} {error}", _REMEDY) from None
    except json.JSONDecodeError as error:
        raise InputError(f"{path}:{error.lineno}: no JSON here, or cut off: {error.msg}", _REMEDY) from None
    except (RecursionError, ValueError):
        raise InputError(f"{path} is nested too deeply, or holds a number nobody can read", _REMEDY) from None
    if not isinstance(document, dict):
        raise InputError(f"{path} is no preview: it holds a {type(document).__name__}", _REMEDY)
    return cast("Mapping[str, Any]", document)


def _take(
    path: Path,
    index: int,
    step: Any,
    resources: dict[str, PlannedResource],
    operations: dict[str, Operation],
    counted: Counter[str],
) -> None:
    fields = cast("Mapping[str, Any]", step) if isinstance(step, dict) else {}
    kind, urn = fields.get("op"), fields.get("urn")
    where = f"{path}: step {index}"
    if not isinstance(kind, str) or not isinstance(urn, str):
        raise InputError(f"{where} has no operation or no URN", _REMEDY)
    if kind not in _OPERATIONS:
        raise InputError(f"{where} is a {kind[:40]!r}, which this version does not know", "use the pinned engine")
    counted[kind] += 1
    operation = _OPERATIONS[kind]
    # Of a replacement's steps, any says what it is; a deletion beside them is the old one's.
    if operation is not None and operations.get(urn) is not Operation.REPLACE:
        operations[urn] = operation
    state = fields.get("newState")
    if state is None:
        return
    if not isinstance(state, dict):
        raise InputError(f"{where}: its new state is no object", _REMEDY)
    try:
        resource = resource_of_state(cast("Mapping[str, Any]", state))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, ValidationError) as error:
        what = f"lacks {error}" if isinstance(error, KeyError) else "is not what the engine writes"
        raise InputError(f"{where}: the state of {urn[:200]} {what}", _REMEDY) from None
    if resource.urn != urn:
        raise InputError(f"{where}: the state of {urn[:200]} names another resource", _REMEDY)
    if resource.urn in resources and resources[urn] != resource and operation is not Operation.REPLACE:
        raise InputError(f"{where}: {urn[:200]} is there twice, and not the same", _REMEDY)
    resources[urn] = resource


def _require_whole(path: Path, summary: Any, counted: Mapping[str, int]) -> None:
    if not isinstance(summary, dict):
        raise InputError(f"{path} is no whole preview: it has no changeSummary", _REMEDY)
    for kind, told in cast("dict[str, Any]", summary).items():
        if not isinstance(told, int) or isinstance(told, bool):
            raise InputError(f"{path}: changeSummary does not say how many {kind[:40]!r} there are", _REMEDY)
        shown = counted.get(kind, 0)
        if shown >= told:
            continue
        if kind == "same":
            raise InputError(
                f"{path} hides {told - shown} of {told} unchanged resources: it was written without --show-sames",
                _REMEDY,
            )
        raise InputError(f"{path} is not whole: {told} resources to {kind[:40]}, {shown} shown", _REMEDY)


class _Ambiguous(Exception):  # noqa: N818 - what the file is
    pass


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise _Ambiguous(f"says {twice[:80]!r} twice in one object")
    return found


def _no_constant(name: str) -> Any:
    raise _Ambiguous(f"holds {name}, which is no JSON")
