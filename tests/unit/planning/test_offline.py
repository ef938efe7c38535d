from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from planning.errors import PlanningError, ProgramFailed, ProgramTimedOut
from planning.offline import CHECKOUT, SDK_MODULES, StackProgram, plan_programs
from planning.plan import Plan, StackPlan
from planning.values import UNKNOWN, FingerprintKey, is_secret

PROGRAMS = Path(__file__).parent / "programs"
CONFIG = {"pulumi:disable-default-providers": ["*"], "token": {"secure": "hunter2"}}
UP_AND_DOWN = [
    StackProgram("toy-up", "up", CONFIG),
    StackProgram("toy-down", "down", CONFIG, upstream=("toy-up",)),
]


def misbehave(case: str, seconds: int = 60) -> Plan:
    program = StackProgram(case, "toy", CONFIG)
    return plan_programs(PROGRAMS / "misbehaving", [program], territory="toy", seconds=seconds)


def test_stacks_are_planned_upstream_first_and_read_each_other() -> None:
    heard: list[str] = []

    def progress(stack: StackPlan) -> None:
        heard.append(stack.name)

    plan = plan_programs(PROGRAMS / "upstream", UP_AND_DOWN, territory="toy", progress=progress)
    assert heard == ["toy-up", "toy-down"]
    assert [stack.name for stack in plan.stacks] == ["toy-up", "toy-down"]
    inputs = {resource.name: resource.inputs.get("label") for resource in plan.stack("toy-down").resources}
    assert inputs["unknown"] == UNKNOWN
    assert is_secret(inputs["known"])  # the SDK makes every output secret when one is
    assert "hunter2" not in plan.to_json()


def test_two_runs_agree_to_the_byte() -> None:
    key = FingerprintKey(b"the same")
    first, second = (
        plan_programs(PROGRAMS / "rules", [StackProgram("toy-rules", "rules", CONFIG)], territory="toy", key=key)
        for _ in range(2)
    )
    assert first.to_json() == second.to_json()
    other = plan_programs(PROGRAMS / "rules", [StackProgram("toy-rules", "rules", CONFIG)], territory="toy")
    assert other.to_json() != first.to_json()
    assert other.digest() == first.digest()


def test_the_program_sees_no_credential(monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = ("AWS_SECRET_ACCESS_KEY", "VSPHERE_PASSWORD", "PULUMI_ACCESS_TOKEN", "SSH_AUTH_SOCK", "PULUMI_CONFIG")
    for name in hidden:
        monkeypatch.setenv(name, "leaked")
    seen = misbehave("look-around").stacks[0].outputs
    assert "leaked" not in str(seen)
    assert not set(hidden) & set(seen["environment"])
    assert seen["environment"]["HOME"] != os.environ["HOME"]
    assert seen["home"] == []


def test_what_a_program_prints_is_no_answer() -> None:
    assert misbehave("print-things").stacks[0].name == "print-things"


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("stop-early", "the program exited with status 3"),
        ("die", "the program exited with status 7 before its plan was complete"),
        ("be-killed", "the program was killed by SIGKILL before its plan was complete"),
    ],
)
def test_a_program_that_ends_is_reported(case: str, message: str) -> None:
    with pytest.raises(ProgramFailed) as failed:
        misbehave(case)
    assert failed.value.message == message
    assert failed.value.stack == case


def test_what_the_components_use_of_the_sdks_is_loaded_ahead() -> None:
    used = {
        f"pulumi_aws.{service}"
        for file in (CHECKOUT / "components").rglob("*.py")
        for service in re.findall(r"\baws\.([a-z0-9_]+)\.[A-Z]", file.read_text("utf-8"))
    }
    assert {"pulumi_vsphere", *used} == set(SDK_MODULES)


def test_a_program_that_does_not_end_is_ended() -> None:
    with pytest.raises(ProgramTimedOut, match="still running after 3 s"):
        misbehave("wait-for-ever", seconds=3)
    assert not _workers()


def test_stacks_are_strangers_to_each_other() -> None:
    cases = ("fill-the-memory-of-others", "find-what-others-left")
    programs = [StackProgram(cases[0], "toy", {}), StackProgram(cases[1], "toy", {}, upstream=(cases[0],))]
    plan = plan_programs(PROGRAMS / "misbehaving", programs, territory="toy")
    assert plan.stack(cases[1]).outputs == {"found": [False, False]}


def test_a_stack_that_fails_takes_those_after_it_along() -> None:
    programs = [StackProgram("die", "toy", {}), StackProgram("look-around", "toy", {}, upstream=("die",))]
    with pytest.raises(PlanningError, match="die: the program exited"):
        plan_programs(PROGRAMS / "misbehaving", programs, territory="toy")


def test_an_interrupt_leaves_nothing_behind() -> None:
    script = (
        "from pathlib import Path; from planning.offline import *\n"
        f"plan_programs(Path({str(PROGRAMS / 'misbehaving')!r}), [StackProgram('wait-for-ever', 'toy', {{}})],"
        " territory='toy')"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while len(_workers(process.pid)) < 2 and time.monotonic() < deadline:  # the worker and its fork
        time.sleep(0.05)
    workers = _workers(process.pid)
    assert len(workers) == 2
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert b"KeyboardInterrupt" in said
    gone, alive = psutil.wait_procs(workers, timeout=10)
    assert len(gone) == 2
    assert not alive


def _workers(pid: int | None = None) -> list[psutil.Process]:
    """Those alone: a test before may have left its scanner running, for the next one."""
    return [child for child in psutil.Process(pid).children(recursive=True) if _is_worker(child)]


def _is_worker(process: psutil.Process) -> bool:
    try:
        return "planning.worker" in process.cmdline()
    except psutil.NoSuchProcess:  # a zombie is none either
        return False
