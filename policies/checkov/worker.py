"""Checkov's own process: reads one JSON object a line, answers with one, until its input ends.

Runs in the environment that `requirements.lock` beside it describes, never in ours. A request names the plan's file,
which fields nobody knows yet or may see (`unknown`: address to path to whether it refers to something), who refers to
whom (`neighbours`), whose stack is which (`stacks`), and which types may refer to anything there (`loose`). An answer
holds a verdict for each check on each resource, or `error`.
"""

# pyright: reportMissingImports=false, reportUnknownParameterType=false

from __future__ import annotations

import gc
import json
import logging
import os
import sys
import time
from typing import Any

# Nothing here may talk to anybody, and only what was asked for may be said.
os.environ.update({"BC_SKIP_MAPPING": "TRUE", "LOG_LEVEL": "CRITICAL"})
_answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)  # whatever a check prints must not pass for an answer

import checkov.terraform.runner  # noqa: E402, F401 - registers every check
from checkov.common.checks_infra.registry import get_graph_checks_registry  # noqa: E402
from checkov.common.models.enums import CheckResult  # noqa: E402
from checkov.runner_filter import RunnerFilter  # noqa: E402
from checkov.terraform.checks.resource.registry import resource_registry  # noqa: E402
from checkov.terraform.plan_runner import TF_LIFECYCLE_CHECK_IDS, Runner  # noqa: E402
from readings import Doubts, GraphReads  # pyright: ignore[reportAttributeAccessIssue] # noqa: E402 - beside this file

logging.disable(logging.CRITICAL)
_ANSWERS = {CheckResult.PASSED: "pass", CheckResult.FAILED: "fail"}
_ADDRESS = "__address__"


class Checkov:
    """Every check, loaded once, and what became of the resources of the plan that is being scanned."""

    def __init__(self) -> None:
        self._graph_checks = get_graph_checks_registry("terraform")
        self._graph_checks.load_checks()
        self._reads: dict[str, GraphReads] = {}
        self._verdicts: list[dict[str, Any]] = []
        self._crashed: list[list[str]] = []
        self._doubts = Doubts({})
        # A check that crashes on one resource must not end the scan of all others, and one that crashes in a thread
        # must not vanish: each names itself.
        self._run_check = resource_registry.run_check
        resource_registry.run_check = self._judge
        self._run_graph_check = self._graph_checks.run_check_parallel
        self._graph_checks.run_check_parallel = self._judge_graph

    def catalogue(self) -> dict[str, Any]:
        """Every check of AWS by id: its name, and the types it is about."""
        found: dict[str, Any] = {}
        for type_, checks in resource_registry.checks.items():
            for check in checks:
                if check.id not in TF_LIFECYCLE_CHECK_IDS and type_.startswith("aws_"):
                    found.setdefault(check.id, {"name": check.name, "types": []})["types"].append(type_)
        for check in self._graph_checks.checks:
            types = sorted(type_ for type_ in check.resource_types or () if type_.startswith("aws_"))
            if types:
                found.setdefault(check.id, {"name": check.name, "types": []})["types"] += types
        return found

    def scan(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to one request."""
        begun = time.monotonic()
        self._verdicts, self._crashed = [], []
        self._doubts = Doubts(request)
        runner = Runner()
        filter_ = RunnerFilter(framework=["terraform_plan"], show_progress_bar=False)
        report = runner.run(root_folder=None, files=[request["plan"]], runner_filter=filter_)
        if report.parsing_errors:
            return {"error": "Checkov could not read the plan it was given"}
        return {
            "scanned": sorted(resource.rpartition(":")[2] for resource in report.resources),
            "verdicts": self._verdicts,
            "crashed": self._crashed,
            "seconds": time.monotonic() - begun,
        }

    def _judge(self, check: Any, configuration: Any, name: str, type_: str, *rest: Any) -> Any:
        address = configuration.get(_ADDRESS) or f"{type_}.{name}"
        try:
            outcome = self._run_check(check, configuration, name, type_, *rest)
        except Exception:
            self._crashed.append([check.id, address])
            return {"result": CheckResult.UNKNOWN, "evaluated_keys": []}
        if check.id not in TF_LIFECYCLE_CHECK_IDS:
            result = outcome["result"]
            keys = [key for key in outcome.get("evaluated_keys") or () if isinstance(key, str)]
            doubts = self._doubts.of_resource(check, type_, address, configuration, result)
            self._add(check, address, result, doubts, keys)
        return outcome

    def _judge_graph(self, check: Any, results: dict[Any, Any], graph: Any) -> None:
        try:
            self._run_graph_check(check, results, graph)
        except Exception:
            self._crashed.append([check.id, ""])
            return
        reads = self._reads.setdefault(check.id, GraphReads(check))
        for outcome in results.get(check, ()):
            address = outcome["entity"].get(_ADDRESS)
            if address:
                doubts = self._doubts.of_graph(reads, address, outcome["result"])
                keys = [key for key in outcome.get("evaluated_keys") or () if isinstance(key, str)]
                self._add(check, address, outcome["result"], doubts, keys)

    def _add(self, check: Any, address: str, result: Any, doubts: list[str], keys: list[str]) -> None:
        answer = "undetermined" if doubts else _ANSWERS.get(result)
        if answer is not None:  # a check may say that it is not about this resource
            verdict = {"check": check.id, "name": check.name, "address": address, "answer": answer}
            self._verdicts.append(verdict | {"unknown": doubts, "keys": keys})


def main() -> None:
    """Serve until the input ends."""
    checkov_ = Checkov()
    gc.freeze()  # thousands of checks that stay: no collection need look at them again
    # Nearly all that a scan makes it keeps to its end: collecting on the way is half its time, and finds nothing.
    gc.disable()
    _say({"ready": True, "checks": checkov_.catalogue()})
    for line in sys.stdin:
        try:
            answer = checkov_.scan(json.loads(line))
        except Exception as error:
            # The text of an error may quote a value.
            answer = {"error": f"{type(error).__name__} in {_place(error)}"}
        _say(answer)
        gc.collect()


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "an unknown place"


def _say(answer: dict[str, Any]) -> None:
    _answers.write(json.dumps(answer) + "\n")
    _answers.flush()


if __name__ == "__main__":
    main()
