"""The engine and its language host, whatever their origin, on a program of a few lines."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from operations.engine.engine import Engine
from operations.paths import CHECKOUT
from operations.worlds.isolation import twin_environment

pytestmark = pytest.mark.api

PROGRAM = """
import asyncio, os, pathlib, sys, time
import pulumi

class Thing(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("test:index:Thing", name)
        self.register_outputs({})

config = pulumi.Config()
match config.get("do"):
    case "raise":
        raise RuntimeError("the program's own mistake")
    case "exit":
        sys.exit(9)
    case "wait":
        pathlib.Path(config.require("marker")).write_text(str(os.getpid()))
        time.sleep(120)
    case "fail":
        # As a registration does that the engine no longer answers: it blocks one of the SDK's own threads.
        asyncio.get_event_loop().run_in_executor(None, time.sleep, 120)
        pulumi.CustomResource("vsphere:index:Folder", "folder", {})
print("said by the program")
Thing("thing")
pulumi.export("secret", config.get_secret("secret"))
pulumi.export("stack", pulumi.get_stack())
pulumi.export("root", pulumi.runtime.get_root_directory())
"""


@dataclass(frozen=True)
class Project:
    """A Pulumi project, and how to run the engine on it."""

    directory: Path
    engine: Engine
    environment: dict[str, str]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.engine.pulumi, *arguments, "--non-interactive"],
            cwd=self.directory,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, succeeds: bool = True) -> str:
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=120)
        assert (process.returncode == 0) is succeeds, output
        return output


@pytest.fixture
def project(engine: Engine, tmp_path: Path) -> Project:
    directory = tmp_path / "project"
    directory.mkdir()
    (tmp_path / "state").mkdir()
    runtime = {"name": "python", "options": {"virtualenv": str(CHECKOUT / ".venv")}}
    (directory / "Pulumi.yaml").write_text(json.dumps({"name": "tiny", "runtime": runtime}), encoding="utf-8")
    (directory / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    environment = twin_environment(
        os.environ,
        {
            "PATH": f"{engine.bin_dir}:{os.environ['PATH']}",
            "PULUMI_HOME": str(tmp_path / "home"),
            "PULUMI_BACKEND_URL": f"file://{tmp_path}/state",
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        },
    )
    project = Project(directory, engine, environment)
    project.run("stack", "init", "dev")
    _pretend_provider(tmp_path / "home")
    return project


def _pretend_provider(home: Path) -> None:
    """The checkout's environment asks for the vsphere provider; the program makes nothing of it, so none is started."""
    folder = home / "plugins" / "resource-vsphere-v4.17.1"
    folder.mkdir(parents=True)
    (folder / "pulumi-resource-vsphere").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    (folder / "pulumi-resource-vsphere").chmod(0o755)


def test_a_stack_comes_up_and_goes_down(project: Project) -> None:
    project.run("config", "set", "--secret", "secret", "hush")
    preview = project.run("preview")
    assert "said by the program" in preview
    assert "+ 2 to create" in preview
    assert "+ 2 created" in project.run("up", "--yes")
    assert "2 unchanged" in project.run("up", "--yes")
    outputs = json.loads(project.run("stack", "output", "--json", "--show-secrets"))
    assert outputs == {"secret": "hush", "stack": "dev", "root": str(project.directory)}
    assert "hush" not in project.run("stack", "export")
    assert "- 2 deleted" in project.run("destroy", "--yes")


def test_a_program_without_configuration_runs(project: Project) -> None:
    assert "+ 2 to create" in project.run("preview")


def test_a_mistake_is_shown_once_with_its_line(project: Project) -> None:
    project.run("config", "set", "do", "raise")
    output = project.run("preview", "--suppress-progress", succeeds=False)
    assert "RuntimeError: the program's own mistake" in output
    assert "__main__.py" in output
    assert "unhandled error occurred" not in output, "the SDK has said it all already"


def test_an_exit_code_is_passed_on(project: Project) -> None:
    project.run("config", "set", "do", "exit")
    assert "exit code: 9" in project.run("preview", succeeds=False)


def test_about_names_the_python(project: Project) -> None:
    assert str(CHECKOUT / ".venv") in project.run("about")


def test_a_failed_deployment_does_not_wait_for_its_program(project: Project) -> None:
    def seconds(what: str, said: str) -> float:
        project.run("config", "set", "do", what)
        before = time.monotonic()
        output = project.run("up", "--yes", "--skip-preview", succeeds=False)
        assert said in output
        assert "KeyboardInterrupt" not in output
        return time.monotonic() - before

    ended, blocked = seconds("raise", "the program's own mistake"), seconds("fail", "resource-vsphere")
    if project.engine.origin != "modules":
        pytest.xfail("a promise of our own language host, and this engine brings another")
    # 5 s is what an engine gives a language host before it kills it.
    assert blocked - ended < 4


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda end: end.name)
def test_no_program_outlives_its_engine(project: Project, tmp_path: Path, end: signal.Signals) -> None:
    engine, host, program = _waiting_program(project, tmp_path / "program")
    engine.send_signal(end)
    _until(lambda: not _alive(program) and not _alive(host), f"processes live on after {end.name}")
    engine.communicate(timeout=30)
    assert engine.returncode != 0


def test_no_program_outlives_its_language_host(project: Project, tmp_path: Path) -> None:
    engine, host, program = _waiting_program(project, tmp_path / "program")
    if project.engine.origin != "modules":
        engine.kill()
        engine.communicate(timeout=30)
        pytest.xfail("a promise of our own language host, and this engine brings another")
    host.kill()
    _until(lambda: not _alive(program), "the program lives on")
    engine.communicate(timeout=30)


def _waiting_program(project: Project, marker: Path) -> tuple[subprocess.Popen[str], psutil.Process, psutil.Process]:
    """An engine, its language host and a program that waits, as processes."""
    project.run("config", "set", "do", "wait")
    project.run("config", "set", "marker", str(marker))
    engine = project.start("preview")
    _until(lambda: marker.exists() and marker.read_text(encoding="utf-8") != "", "the program never started")
    program = psutil.Process(int(marker.read_text(encoding="utf-8")))
    host = program.parent()
    assert host is not None
    return engine, host, program


def _alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _until(holds: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.05)
