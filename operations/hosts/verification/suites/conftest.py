"""Hands each test its hosts, and writes down what became of each test on each of them."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from operations.hosts.verification.subject import Subject

_LONGEST = 600


def pytest_addoption(parser: pytest.Parser) -> None:
    """The two files that the command and the suites share."""
    parser.addoption("--subjects", type=Path, required=True, help="Hosts, what is declared and what was found: JSON.")
    parser.addoption("--results", type=Path, required=True, help="Where to write each test's outcome: JSON.")


def pytest_configure(config: pytest.Config) -> None:
    """Read the hosts once."""
    facts, results = Path(str(config.getoption("--subjects"))), Path(str(config.getoption("--results")))
    subjects = [Subject(**each) for each in json.loads(facts.read_text(encoding="utf-8"))]
    config.pluginmanager.register(_Hosts(subjects, results))


class _Hosts:
    def __init__(self, subjects: list[Subject], results: Path) -> None:
        self._subjects = subjects
        self._file = results
        self._results: list[dict[str, Any]] = []

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "subject" in metafunc.fixturenames:
            marks = list(metafunc.definition.iter_markers("rule"))
            levels = {mark.kwargs["level"] for mark in marks} - {None}
            roles = {role for mark in marks for role in mark.kwargs["roles"]}
            chosen = [
                each
                for each in self._subjects
                if (not levels or each.level in levels) and (not roles or each.role in roles)
            ]
            metafunc.parametrize("subject", chosen, ids=[each.name for each in chosen])

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Function, call: pytest.CallInfo[None]) -> Generator[None, Any]:
        outcome = yield
        report: pytest.TestReport = outcome.get_result()
        if report.when != "call" and report.passed:
            return
        rules = [rule for mark in item.iter_markers("rule") for rule in mark.args]
        report.user_properties.append(("rules", " ".join(rules)))
        self._results.append(
            {
                "host": _host_of(item),
                "test": f"{item.path.stem}::{item.originalname}",
                "rules": rules,
                "outcome": report.outcome,
                "message": _message(report, call),
                "seconds": round(report.duration, 4),
            }
        )

    def pytest_sessionfinish(self) -> None:
        self._file.write_text(json.dumps(self._results, ensure_ascii=False), encoding="utf-8")


def _host_of(item: pytest.Function) -> str:
    parameters: dict[str, Any] = item.callspec.params if hasattr(item, "callspec") else {}
    if "subject" in parameters:
        return str(parameters["subject"].name)
    connection = parameters.get("_testinfra_host")
    return str(connection.backend.get_hostname()) if connection else ""


def _message(report: pytest.TestReport, call: pytest.CallInfo[None]) -> str:
    if report.skipped and isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    if call.excinfo is None:
        return ""
    text = str(call.excinfo.value).strip() or call.excinfo.typename
    return " ".join(text.splitlines()[0].split())[:_LONGEST]
