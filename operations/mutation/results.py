"""What became of the changed rules: how many of them a case noticed, file by file."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

KILLED: Final = frozenset({"killed", "timeout", "segfault"})
"""A changed rule that never comes to an end, or ends the process, is noticed as well."""
_RESULT: Final = re.compile(r"^\s*(policies\.\S+): (.+)$")


@dataclass(frozen=True)
class Mutant:
    """One change, and what became of it."""

    name: str
    """As the tool calls it. Example: `policies.rules.net_001.x_check__mutmut_3`."""
    status: str

    @property
    def where(self) -> str:
        """The rule it is a change of, or the file that rules share."""
        module = self.name.rpartition(".")[0]
        name = module.rpartition(".")[2]
        return name.upper().replace("_", "-") if module.startswith("policies.rules.") else f"{name}.py"

    @property
    def killed(self) -> bool:
        """Whether a case noticed."""
        return self.status in KILLED


@dataclass(frozen=True)
class Tally:
    """How many changes there were, and how many were noticed."""

    mutants: int
    killed: int

    @property
    def survived(self) -> int:
        """Those that no case noticed."""
        return self.mutants - self.killed

    @property
    def part(self) -> float:
        """Killed ones among all; all of none."""
        return self.killed / self.mutants if self.mutants else 1.0


def read_results(lines: Iterable[str]) -> tuple[Mutant, ...]:
    """What the tool's list of results says."""
    return tuple(Mutant(*match.groups()) for line in lines if (match := _RESULT.match(line)))


def tally(mutants: Iterable[Mutant]) -> Tally:
    """Count some of them."""
    killed = [mutant.killed for mutant in mutants]
    return Tally(len(killed), sum(killed))


def by_place(mutants: Iterable[Mutant]) -> dict[str, Tally]:
    """The counts of each rule and of each file that rules share; rules first."""
    found: defaultdict[str, list[Mutant]] = defaultdict(list)
    for mutant in mutants:
        found[mutant.where].append(mutant)
    return {where: tally(found[where]) for where in sorted(found, key=lambda where: (where.endswith(".py"), where))}


def table(mutants: Iterable[Mutant]) -> list[str]:
    """The closing table, a line each."""
    mutants = tuple(mutants)
    rows = [*by_place(mutants).items(), ("total", tally(mutants))]
    wide = max(len(where) for where, _ in rows)
    return [
        f"{'':{wide}}  mutants  killed  survived",
        *(f"{where:{wide}}  {it.mutants:7}  {it.killed:6}  {it.survived:8}  {it.part:6.1%}" for where, it in rows),
    ]
