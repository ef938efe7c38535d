"""The anchor that is CrossGuard as people write it: one policy a rule, through Pulumi's own policy SDK for Python.

That SDK wants an older protobuf than the rest of the house, so it is laid over our environment for one process, in
which both sides are timed.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from operations.bench.gate.crossguard_child import Job, Report
from operations.bench.gate.questions import RULES
from operations.bench.measures import Comparison, say_comparison
from operations.console import Console, Progress
from operations.engine.cache import cache_directory, locked, mark_used, new_entry
from operations.engine.command import run_long
from operations.engine.golang import find_uv
from operations.errors import AnswerNo, MachineError
from operations.paths import CHECKOUT
from planning.plan import Plan
from policies.catalogue import all_rules
from policies.rule import ResourceRule

LOCK: Final = Path(__file__).with_name("policy-sdk.lock")
"""The SDK and what has to be older for it, with their hashes."""
_LIMIT_S: Final = 900
_RUNS_OF_ALL: Final = 3
"""With every rule a policy, a run of the anchor takes as long as all other runs together."""


def compare_policies(plan: Plan, runs: int, console: Console) -> dict[str, object]:
    """Send each resource of a plan to both sides, as an engine does: with the ten rules, and with all of this scope."""
    with console.step("Pulumi's policy SDK") as progress:
        sdk = _ensure_sdk(progress)
    catalogue = tuple(rule.id for rule in all_rules() if isinstance(rule, ResourceRule))
    ten = _compared(sdk, Job(plan=plan, rules=RULES, runs=runs), console)
    every = _compared(sdk, Job(plan=plan, rules=catalogue, runs=min(runs, _RUNS_OF_ALL)), console)
    return {**ten, "all_rules": every}


def _compared(sdk: Path, job: Job, console: Console) -> dict[str, object]:
    with console.step(f"Asking {len(job.rules)} rules as policies"):
        report = _report(sdk, job)
    wall, cpu = (
        Comparison([run[clock] for run in report.ours], [run[clock] for run in report.anchor]) for clock in (0, 1)
    )
    say_comparison(console, f"{len(job.rules)} rules: ", "one CrossGuard policy a rule", wall, digits=4)
    console.say(f"of the processor alone: ratio {cpu.ratio:.2f}")
    return {
        "rules": len(job.rules),
        "requests": report.requests,
        "pairs": report.pairs,
        **wall.as_json(digits=6),
        "cpu": cpu.as_json(digits=6),
    }


def _report(sdk: Path, job: Job) -> Report:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "operations.bench.gate.crossguard_child"],
        input=job.model_dump_json().encode(),
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(sdk)},
        timeout=_LIMIT_S,
        check=False,
    )
    if done.returncode:
        raise AnswerNo(f"the policies could not be asked:\n{done.stderr.decode(errors='replace')[-4000:]}")
    return Report.model_validate_json(done.stdout)


def _ensure_sdk(progress: Progress) -> Path:
    entry = cache_directory() / "policy-sdk" / _version()
    with locked("policy-sdk", progress):
        if not entry.is_dir():
            _install(entry, progress)
        mark_used(entry)
    return entry


def _version() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]


def _install(entry: Path, progress: Progress) -> None:
    uv = find_uv()
    if uv is None:
        raise MachineError("uv is missing, which installs Pulumi's policy SDK", "run the command through ./metro")
    with new_entry(entry) as staging:
        finished = run_long(
            [
                *(uv, "pip", "install", "--python", sys.executable, "--target", str(staging), "--link-mode", "copy"),
                *("--require-hashes", "--no-deps", "--requirements", str(LOCK)),
            ],
            cwd=CHECKOUT,
            environment={"UV_SYSTEM_CERTS": "true", **os.environ},
            progress=progress,
            describe=lambda line: line,
        )
        if finished.code:
            raise MachineError(
                f"Pulumi's policy SDK could not be installed:\n{finished.tail}", "give this machine network access once"
            )
