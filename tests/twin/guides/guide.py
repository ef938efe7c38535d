"""Reads a guide as a person at a terminal does: types its commands, makes its edits, expects what it says they print.

A `sh` block is run, in order, in one checkout; it stops the guide when a command fails. A `yaml` block whose first line
is `# PATH, at the end` is appended to that file. Each line of a `text` block has to be part of what the blocks since
the last one printed; `…` stands for anything. Other blocks are for reading.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
NOT_COPIED = shutil.ignore_patterns(".git", ".venv", ".metropole", ".*_cache", "*.pyc.*", "node_modules")
BLOCK = re.compile(r"^```(?P<kind>sh|yaml|text)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
APPENDED = re.compile(r"# (?P<path>\S+), at the end\n(?P<text>.*)", re.DOTALL)
TIMEOUT_S = 400

LAUNCHER = """#!/bin/sh
if [ "$1" = up ]; then set -- "$@" --tier api; fi
exec "{python}" -P -m operations "$@"
"""
"""`./metro` without making an environment: the copy has the tests' own. Guides are about what is declared, so machines
stay records; tests/hosts is about those that run.
"""


@dataclass(frozen=True)
class Block:
    """One example of a guide."""

    kind: str
    text: str
    line: int


def blocks(guide: Path) -> list[Block]:
    """The examples of a guide that a test can act on, in order."""
    text = guide.read_text(encoding="utf-8")
    return [
        Block(match["kind"], match["text"], text.count("\n", 0, match.start()) + 1) for match in BLOCK.finditer(text)
    ]


def copy_checkout(into: Path) -> Mapping[str, str]:
    """Copy the checkout for a guide to work on; returns the environment in which its commands run on the copy."""
    shutil.copytree(CHECKOUT, into, ignore=NOT_COPIED, dirs_exist_ok=True)
    launcher = into / "metro"
    launcher.write_text(LAUNCHER.format(python=sys.executable), encoding="utf-8")
    launcher.chmod(0o755)
    state = {"METROPOLE_STATE": str(into / ".metropole")}
    return {**os.environ, **state, "PYTHONPATH": str(into), "COLUMNS": "200"}


def follow(guide: Path, checkout: Path, environment: Mapping[str, str]) -> None:
    """Do all a guide says; fails with the line of what did not work as it says."""
    printed = ""
    for block in blocks(guide):
        where = f"{guide.name}:{block.line}"
        if block.kind == "sh":
            printed += _run(block.text, where, checkout, environment)
        elif block.kind == "text":
            for line in filter(str.strip, block.text.splitlines()):
                pattern = r"[^\n]*".join(re.escape(part) for part in line.strip().split("…"))
                assert re.search(pattern, printed), f"{where}: {line!r} is not in\n{printed}"
            printed = ""
        elif appended := APPENDED.fullmatch(block.text):
            with (checkout / appended["path"]).open("a", encoding="utf-8") as file:
                file.write(appended["text"])


def _run(commands: str, where: str, checkout: Path, environment: Mapping[str, str]) -> str:
    finished = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=checkout,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert finished.returncode == 0, f"{where} ended with {finished.returncode}:\n{commands}\n{finished.stdout}"
    return finished.stdout
