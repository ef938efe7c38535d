"""Runs the suites on collected facts: pytest in a process of its own, with no configuration but the suites'."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from operations.errors import MetroError
from operations.hosts.verification.subject import Subject

SUITES = Path(__file__).with_name("suites")
JUNIT = "junit.xml"
FACTS = "facts.json"
LOG = "pytest.log"
_RESULTS = "results.json"
_OK = frozenset({0, 1, 5})
"""pytest's codes for: all passed, some failed, there were none."""


class Outcome(StrEnum):
    """How a test ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class TestResult:
    """One test on one host."""

    __test__ = False

    host: str
    test: str
    """Suite and test. Example: `test_sudo::test_nobody_but_automation_has_rights`."""
    rules: tuple[str, ...]
    """Ids of ANSSI-BP-028. Example: `R33`."""
    outcome: Outcome
    message: str
    """Why it failed or was skipped; empty for one that passed."""
    seconds: float


def run_suites(
    subjects: Iterable[Subject], evidence: Path, ssh_config: Path | None = None, suites: Path = SUITES
) -> tuple[TestResult, ...]:
    """Ask every test of every host it is for. Leaves facts, JUnit XML and pytest's log in the evidence folder.

    With an ssh configuration, tests that take testinfra's `host` ask the hosts as well. Raises `MetroError` when the
    suites themselves are broken.
    """
    chosen = list(subjects)
    facts, results = evidence / FACTS, evidence / _RESULTS
    facts.touch(mode=0o600)
    facts.write_text(json.dumps([asdict(each) for each in chosen], ensure_ascii=False), encoding="utf-8")
    done = subprocess.run(
        _command(suites, evidence, ssh_config, [each.name for each in chosen]),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "PYTEST_ADDOPTS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )
    (evidence / LOG).write_text(done.stdout + done.stderr, encoding="utf-8")
    if done.returncode not in _OK or not results.is_file():
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise MetroError(
            f"the suites cannot be run: {lines[-1] if lines else f'pytest ended with {done.returncode}'}",
            f"see {evidence / LOG}",
        )
    rows: list[dict[str, Any]] = json.loads(results.read_text(encoding="utf-8"))
    results.unlink()
    return tuple(
        TestResult(
            row["host"], row["test"], tuple(row["rules"]), Outcome(row["outcome"]), row["message"], row["seconds"]
        )
        for row in rows
    )


def _command(suites: Path, evidence: Path, ssh_config: Path | None, hosts: Collection[str]) -> list[str]:
    reached = (
        [f"--ssh-config={ssh_config}", "--sudo", f"--hosts={','.join(f'ssh://{name}' for name in hosts)}"]
        if ssh_config and hosts
        else []
    )
    return [
        *(sys.executable, "-m", "pytest", str(suites)),
        *("-c", str(SUITES / "pytest.ini"), "--rootdir", str(suites), "--confcutdir", str(SUITES)),
        *("-p", "no:cacheprovider", "-p", "testinfra.plugin", "--import-mode=importlib"),
        *("-q", "--tb=no", "-o", "console_output_style=none"),
        f"--junitxml={evidence / JUNIT}",
        f"--subjects={evidence / FACTS}",
        f"--results={evidence / _RESULTS}",
        *reached,
    ]
