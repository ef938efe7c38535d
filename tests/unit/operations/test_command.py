"""The command's manners: exit codes, one JSON object, no traceback."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer
from rich.console import Console as RichConsole

from operations import command
from operations.console import Console
from operations.errors import AnswerNo, InputError, MachineError, MetroError
from operations.options import JsonOption
from operations.recovery.run_lock import hold

CHECKOUT = Path(__file__).resolve().parents[3]


def metro(*arguments: str, state: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "operations", *arguments],
        cwd=CHECKOUT,
        env={**os.environ, "METROPOLE_STATE": str(state)},
        capture_output=True,
        text=True,
        check=False,
    )


def stopped(*, as_json: JsonOption = False) -> None:
    """A verb whose user gives up."""
    raise KeyboardInterrupt


def run_with(monkeypatch: pytest.MonkeyPatch, error: BaseException, arguments: list[str]) -> int:
    """The exit code of `metro` when its verb raises."""

    def app(*_arguments: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr(command, "build_app", lambda: app)
    with pytest.raises(SystemExit) as exit_:
        command.main(arguments)
    assert isinstance(exit_.value.code, int)
    return exit_.value.code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AnswerNo("no"), 1),
        (InputError("wrong"), 2),
        (MachineError("missing", "apt install it"), 3),
        (KeyboardInterrupt(), 130),
        (ZeroDivisionError("oops"), 70),
    ],
)
def test_every_failure_has_its_exit_code_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, code: int
) -> None:
    assert run_with(monkeypatch, error, ["up"]) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Traceback" not in shown.err
    if isinstance(error, MetroError):
        assert error.message in shown.err
        assert (error.remedy or "") in shown.err


def test_a_ctrl_c_that_no_verb_speaks_of_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    app = typer.Typer()
    app.command()(stopped)
    monkeypatch.setattr(command, "build_app", lambda: app)
    with pytest.raises(SystemExit) as ended:
        command.main(["--json"])
    shown = capsys.readouterr()
    assert ended.value.code == 130
    assert "interrupted" in shown.err
    assert json.loads(shown.out)["error"]["exit_code"] == 130


def test_with_json_a_failure_is_one_object_as_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run_with(monkeypatch, InputError("the file is wrong", "mend line 3"), ["up", "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert answer == {"error": {"message": "the file is wrong", "remedy": "mend line 3", "exit_code": 2}}


def test_a_defect_says_where_its_traceback_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("METROPOLE_STATE", str(tmp_path))
    run_with(monkeypatch, ZeroDivisionError("oops"), ["up"])
    (kept,) = (tmp_path / "logs").glob("traceback-*.txt")
    assert str(kept) in capsys.readouterr().err.replace("\n", "")
    assert "ZeroDivisionError: oops" in kept.read_text()


def test_help_lists_every_verb(tmp_path: Path) -> None:
    answer = metro("--help", state=tmp_path)
    assert answer.returncode == 0
    for verb in ("doctor", "plan", "up", "down", "env", "janitor", "twin", "test"):
        assert verb in answer.stdout


def test_no_heavy_import_happens_before_a_verb_runs() -> None:
    code = "import sys; from operations.command import build_app; build_app(); print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pulumi", "grpc", "pyVmomi", "pydantic", "networkx", "territory"} & set(modules)


@pytest.mark.parametrize(
    "arguments", [("fly",), ("up", "--nonsense"), ("plan", "--territory", "sandbax"), ("plan", "--tier", "host")]
)
def test_wrong_arguments_end_with_2_and_a_word(arguments: tuple[str, ...], tmp_path: Path) -> None:
    answer = metro(*arguments, state=tmp_path)
    assert answer.returncode == 2
    assert answer.stderr
    assert "Traceback" not in answer.stderr


def test_an_offline_plan_needs_no_engine_and_answers_in_json(tmp_path: Path) -> None:
    whole = tmp_path / "plan.json"
    answer = metro("plan", "-t", "sandbox", "--json", "--output", str(whole), state=tmp_path / "state")
    assert answer.returncode == 0, answer.stderr
    result = json.loads(answer.stdout)
    assert result["tier"] == "plan"
    assert (
        result["resources"] == sum(stack["resources"] for stack in result["stacks"]) == sum(result["by_type"].values())
    )
    assert {stack["name"] for stack in json.loads(whole.read_text())["stacks"]} == {
        stack["name"] for stack in result["stacks"]
    }


def test_long_work_without_a_terminal_is_told_in_plain_lines() -> None:
    text = io.StringIO()
    console = Console(stderr=RichConsole(file=text, force_terminal=False))
    with console.step("Building vcsim") as progress:
        time.sleep(1.3)
        progress("linking")
    assert "Building vcsim ..." in text.getvalue()
    assert "\x1b[" not in text.getvalue()


def test_a_lock_is_held_by_one_and_names_its_holder(tmp_path: Path) -> None:
    console = Console(stderr=RichConsole(file=io.StringIO()))
    with hold(tmp_path, "sandbox", "metro up", console):
        with pytest.raises(AnswerNo) as refusal, hold(tmp_path, "sandbox", "metro down", console, wait=False):
            pass
        assert f"process {os.getpid()}" in refusal.value.message
        assert "metro up" in refusal.value.message
        with hold(tmp_path, "bordeaux", "metro up", console, wait=False):
            pass
    with hold(tmp_path, "sandbox", "metro down", console, wait=False):
        pass
