"""`metro test mutation`: change each rule in every small way there is, and see whether its cases notice."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from operations.console import Console
from operations.engine.command import run_long
from operations.errors import AnswerNo
from operations.mutation.ground import chosen_rules, prepare
from operations.mutation.results import read_results, table, tally

BAR: Final = 0.90
"""The part of the changes that cases have to notice."""

_DIFFERENCES: Final = """
import sys
from mutmut.mutation.diff_apply import get_diff_for_mutant
for name in sys.argv[1:]:
    lines = get_diff_for_mutant(name).splitlines()[2:]
    print(name, *(line for line in lines if line.startswith(("-", "+"))), sep="\\n    ")
"""


def run_mutation(ids: Sequence[str]) -> None:
    """Change these rules, or all of them and what they share. Raises `AnswerNo` below the bar."""
    console = Console()
    folder = prepare(chosen_rules(ids), with_shared=not ids)
    with console.step("Changing rules") as progress:
        finished = run_long(
            [*_tool(), "run", "--max-children", str(len(os.sched_getaffinity(0)))],
            cwd=folder,
            environment=os.environ,
            progress=progress,
            describe=lambda line: line.rpartition("\r")[2].strip(),
        )
    if finished.code:
        raise AnswerNo(f"the rules could not be changed and tested:\n{finished.tail}")
    mutants = read_results(_said(folder, *_tool(), "results", "--all", "true").splitlines())
    survivors = [mutant.name for mutant in mutants if not mutant.killed]
    if survivors:
        console.say(_said(folder, sys.executable, "-c", _DIFFERENCES, *survivors))
    for line in table(mutants):
        console.say(line)
    counted = tally(mutants)
    if not counted.mutants:
        raise AnswerNo("nothing was changed: no rule has a function")
    if counted.part < BAR:
        raise AnswerNo(
            f"the cases notice {counted.part:.1%} of the changes: expected {BAR:.0%} or more",
            "add a case to tests/policy/cases/ for each change shown above that makes a rule another one",
        )


def _tool() -> tuple[str, ...]:
    return (sys.executable, "-m", "mutmut")


def _said(folder: Path, *argv: str) -> str:
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AnswerNo(f"the changes cannot be read:\n{done.stderr}")
    return done.stdout
