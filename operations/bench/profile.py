"""Where the time of a planned program goes: whose code had it done, whoever's library did it."""

from __future__ import annotations

import pstats
import sys
import sysconfig
from collections import defaultdict
from pathlib import Path
from typing import Any, cast

from operations.paths import CHECKOUT

SDK = frozenset({"pulumi", "pulumi_vsphere", "pulumi_aws", "google", "grpc", "asyncio"})
"""The Python SDK with what it runs on: nobody who writes a Pulumi program can do without."""
OURS = frozenset({"components", "playbooks", "stacks", "territory"})
RECORDING = frozenset({"planning"})
"""The recording monitor, in the place where otherwise the engine would be."""

_NAMED = SDK | OURS | RECORDING
_SITE = Path(sysconfig.get_paths()["purelib"])
_STANDARD = Path(sysconfig.get_paths()["stdlib"])
_DEEPEST = 40

_Function = tuple[str, int, str]


def by_package(stats: pstats.Stats) -> dict[str, float]:
    """Package to seconds, its own lines' and those of the libraries it called.

    A library that several call is shared out by how long it worked for each.
    """
    entries = cast("dict[_Function, tuple[int, int, float, float, dict[_Function, Any]]]", vars(stats)["stats"])
    shares: dict[_Function, dict[str, float]] = {}

    def whose(function: _Function, depth: int = 0) -> dict[str, float]:
        package = _package(function[0])
        if package in _NAMED:
            return {package: 1.0}
        if function in shares:
            return shares[function]
        shares[function] = {package: 1.0}  # what calls itself belongs to who called it first
        callers = entries[function][4] if function in entries and depth < _DEEPEST else {}
        spent = {caller: figures[3] for caller, figures in callers.items() if caller != function}
        if (whole := sum(spent.values())) > 0:
            found: defaultdict[str, float] = defaultdict(float)
            for caller, seconds in spent.items():
                for name, share in whose(caller, depth + 1).items():
                    found[name] += share * seconds / whole
            shares[function] = dict(found)
        return shares[function]

    seconds: defaultdict[str, float] = defaultdict(float)
    for function, (_, _, own, _, _) in entries.items():
        for name, share in whose(function).items():
            seconds[name] += share * own
    return dict(sorted(seconds.items(), key=lambda item: -item[1]))


def _package(filename: str) -> str:
    path = Path(filename)
    for root in (_SITE, CHECKOUT, _STANDARD):
        if path.is_relative_to(root) and not (root == CHECKOUT and path.is_relative_to(sys.prefix)):
            return path.relative_to(root).parts[0].removesuffix(".py")
    return "python"
