"""Which verdicts hang on a value that nobody knows yet, or may see: told by what the check read on its way.

A resource's unknown fields come as paths without indices (`ingress/cidr_blocks`), each with whether something is known
to be referred to there. A check is asked a second time over a configuration that writes down what is read of it.
"""

# pyright: reportMissingImports=false, reportUnknownParameterType=false, reportIncompatibleMethodOverride=false
# pyright: reportMissingParameterType=false, reportUnknownLambdaType=false

from __future__ import annotations

import copy
from collections.abc import KeysView
from typing import Any

from checkov.common.models.enums import CheckResult
from checkov.terraform.checks.resource.base_resource_negative_value_check import BaseResourceNegativeValueCheck
from checkov.terraform.checks.resource.base_resource_value_check import BaseResourceValueCheck

_VALUE_CHECKS = (BaseResourceValueCheck, BaseResourceNegativeValueCheck)


class Doubts:
    """What is unknown in one plan, and whether it matters to a verdict."""

    def __init__(self, request: dict[str, Any]) -> None:
        self._unknown: dict[str, dict[str, bool]] = request.get("unknown", {})
        self._neighbours: dict[str, list[str]] = request.get("neighbours", {})
        self._stacks: dict[str, str] = request.get("stacks", {})
        self._loose: dict[str, dict[str, str]] = request.get("loose", {})

    def of_resource(self, check: Any, type_: str, address: str, configuration: Any, result: CheckResult) -> list[str]:
        """The unknown fields that a check of one resource hangs on."""
        unknown = self._unknown.get(address)
        if not unknown:
            return []
        matters = _reader(check, type_, configuration)
        found = [path for path in unknown if matters(path)]
        if result is CheckResult.PASSED:
            found = [
                path for path in found if not (unknown[path] and _fails_without(check, type_, configuration, path))
            ]
        return found

    def of_graph(self, solver: GraphReads, address: str, result: CheckResult) -> list[str]:
        """The unknown fields that a check over the graph hangs on: the resource's, and those of what it may be tied to.

        A field that refers to something known is an edge that is there; one that does not may be one nobody sees.
        """
        found: list[str] = []
        for path, refers in self._unknown.get(address, {}).items():
            if solver.reads(path) and not (refers and result is CheckResult.PASSED):
                found.append(path)
        if solver.connects:
            for other in self._neighbours.get(address, ()):
                for path, refers in self._unknown.get(other, {}).items():
                    if solver.reads(path) and not refers:
                        found.append(f"{other}: {path}")
            loose = self._loose.get(self._stacks.get(address, ""), {})
            found += [where for type_, where in loose.items() if type_ in solver.types]
        return found


class GraphReads:
    """Which types and attributes a check over the graph looks at."""

    def __init__(self, check: Any) -> None:
        self.types: set[str] = set()
        self.connects = False
        self._attributes: list[tuple[str, ...]] = []
        self._walk(check.solver)
        self._everything = bool(getattr(check, "is_jsonpath_check", False))

    def reads(self, path: str) -> bool:
        """Whether one of its attributes is this field, holds it or lies in it."""
        parts = tuple(path.split("/"))
        return self._everything or any(parts[: len(a)] == a[: len(parts)] for a in self._attributes)

    def _walk(self, solver: Any) -> None:
        if solver is None:
            return
        self.types.update(getattr(solver, "resource_types", None) or ())
        connected = getattr(solver, "connected_resources_types", None) or ()
        self.types.update(connected)
        self.connects = self.connects or bool(connected)
        if attribute := getattr(solver, "attribute", None):
            parts = attribute.replace("$.", "").replace("[", ".").replace("]", "").split(".")
            self._attributes.append(tuple(part for part in parts if part not in ("*", "") and not part.isdigit()))
        inner = getattr(solver, "solvers", None) or ()
        for one in (*inner, *(getattr(solver, name, None) for name in ("solver", "operator_solver"))):
            if one is not solver:
                self._walk(one)


def _reader(check: Any, type_: str, configuration: Any) -> Any:
    if isinstance(check, _VALUE_CHECKS) and type(check).scan_resource_conf in (
        base.scan_resource_conf for base in _VALUE_CHECKS
    ):
        keys = [check.get_inspected_key()]
        if isinstance(check, BaseResourceNegativeValueCheck):
            keys.append(check.get_excluded_key() or "")
        wanted = [tuple(_named(key)) for key in keys if key]
        return lambda path: any(
            wanted_path[: len(parts)] == parts[: len(wanted_path)]
            for parts in (tuple(path.split("/")),)
            for wanted_path in wanted
        )
    log = _Log()
    try:
        # Not scan_entity_conf: it looks through everything for dynamic blocks, which no plan has.
        check.entity_type = type_
        check.scan_resource_conf(_recording(configuration, "", log))
    except Exception:
        return lambda _path: True
    return log.covers


def _fails_without(check: Any, type_: str, configuration: Any, path: str) -> bool:
    """Whether it is the presence of the field that the check asks for, whatever its value will be."""
    without = copy.deepcopy(configuration)
    _remove(without, path.split("/"))
    try:
        return check.scan_entity_conf(without, type_) is CheckResult.FAILED
    except Exception:
        return False


def _remove(value: Any, path: list[str]) -> None:
    if isinstance(value, list):
        for item in value:
            _remove(item, path)
    elif isinstance(value, dict) and path[0] in value:
        if len(path) == 1:
            del value[path[0]]
        else:
            _remove(value[path[0]], path[1:])


def _named(key: str) -> list[str]:
    return [part for part in key.replace("[", "").replace("]", "").split("/") if part and not part.isdigit()]


class _Log:
    def __init__(self) -> None:
        self.read: set[str] = set()
        self.listed: set[str] = set()
        self.whole: set[str] = set()

    def covers(self, path: str) -> bool:
        parent = path.rpartition("/")[0]
        return (
            path in self.read
            or parent in self.listed
            or any(place == "" or path.startswith(f"{place}/") for place in self.whole)
        )


class _Recording(dict[str, Any]):
    """A map that writes down which of its keys were asked for."""

    log: _Log | None = None
    path = ""

    def _read(self, key: Any) -> None:
        if self.log is not None:
            self.log.read.add(f"{self.path}/{key}" if self.path else str(key))

    def _list(self) -> None:
        if self.log is not None:
            self.log.listed.add(self.path)

    def _compare(self) -> None:
        if self.log is not None:
            self.log.whole.add(self.path)

    def __getitem__(self, key: Any) -> Any:
        self._read(key)
        return super().__getitem__(key)

    def get(self, key: Any, default: Any = None) -> Any:
        self._read(key)
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self._read(key)
        return super().__contains__(key)

    def pop(self, key: Any, *default: Any) -> Any:
        self._read(key)
        return super().pop(key, *default)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        self._read(key)
        return super().setdefault(key, default)

    def __iter__(self) -> Any:
        self._list()
        return super().__iter__()

    def __len__(self) -> int:
        self._list()
        return super().__len__()

    def keys(self) -> Any:
        return KeysView(self)  # asks for membership, or for all of them, as it is used

    def values(self) -> Any:
        self._list()
        return super().values()

    def items(self) -> Any:
        self._list()
        return super().items()

    def copy(self) -> Any:
        self._list()
        return _recorded(dict(super().items()), self.path, self.log)

    def __eq__(self, other: object) -> bool:
        self._compare()
        return super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __repr__(self) -> str:
        self._compare()
        return super().__repr__()

    __str__ = __repr__
    __hash__ = None  # type: ignore[assignment]  # as of every dict


def _recording(value: Any, path: str, log: _Log) -> Any:
    if isinstance(value, dict):
        inside = {key: _recording(inner, f"{path}/{key}" if path else str(key), log) for key, inner in value.items()}
        return _recorded(inside, path, log)
    if isinstance(value, list):
        return [_recording(item, path, log) for item in value]
    return value


def _recorded(inside: dict[str, Any], path: str, log: _Log | None) -> _Recording:
    made = _Recording(inside)
    made.path, made.log = path, log
    return made
