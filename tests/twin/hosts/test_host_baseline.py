"""The engine, the plugin, ansible-runner and Ansible, all real; only `ssh` goes nowhere (see `Ground`)."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from operations.engine.engine import Engine
from operations.paths import CHECKOUT
from providers.hosts.plugin import install_plugin
from tests.unit.providers.hosts.ground import Ground

pytestmark = pytest.mark.api

STACK = "organization/hosts/dev"
PROGRAM = Path(__file__).with_name("program.py")
OURS = """-c 'import sys
from pathlib import Path
from providers.hosts.__main__ import main
sys.exit(main(sys.argv[1], Path("{playbooks}")))'"""


class Territory:
    """One stack of hosts."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.ground = Ground(folder)
        self.folder = folder
        self.temporary = folder / "tmp"
        self._engine = engine
        self.level = "enhanced"
        self.machines: dict[str, str] = {}
        for place in ("state", "home", "tmp"):
            (folder / place).mkdir()
        # A program's working directory is where it is.
        shutil.copy(PROGRAM, folder / "program.py")
        settings = {"name": "hosts", "main": "program.py"}
        runtime = {"name": "python", "options": {"virtualenv": str(CHECKOUT / ".venv")}}
        (folder / "Pulumi.yaml").write_text(json.dumps({**settings, "runtime": runtime}))
        plugin = install_plugin(folder / "home")
        ours = OURS.format(playbooks=self.ground.playbooks)
        plugin.write_text(plugin.read_text().replace("-m providers.hosts", ours))
        self.run("stack", "init", STACK)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        wanted = {
            **self.ground.config,
            "playbooks": str(self.ground.playbooks),
            "level": self.level,
            "machines": self.machines,
        }
        (self.folder / "hosts.json").write_text(json.dumps(wanted))
        environment = {
            "PATH": f"{self.ground.programs}:{self._engine.bin_dir}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "TMPDIR": str(self.temporary),
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_BACKEND_URL": (self.folder / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "canary-passphrase",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_PARALLEL": "64",
        }
        return subprocess.Popen(
            [str(self._engine.pulumi), *arguments, "--non-interactive"],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )

    def run(self, *arguments: str, fails: bool = False) -> str:
        process = self.start(*arguments)
        said, _ = process.communicate(timeout=180)
        assert (process.returncode != 0) is fails, said
        return said

    def up(self, *arguments: str, fails: bool = False) -> str:
        return self.run("up", "--yes", "--skip-preview", "--stack", STACK, *arguments, fails=fails)

    def state(self) -> dict[str, dict[str, Any]]:
        exported = json.loads(self.run("stack", "export", "--stack", STACK))
        return {
            each["urn"].rpartition("::")[2]: each
            for each in exported["deployment"].get("resources", [])
            if each["type"] == "metropole:hosts:HostBaseline"
        }

    def runs(self, what: str) -> int:
        return len(list(self.ground.evidence.glob(f"*-{what}-*")))

    def connections(self) -> list[str]:
        file = self.ground.directory / "connections"
        return file.read_text().split() if file.exists() else []


@pytest.fixture(scope="module")
def territory(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Territory]:
    made = Territory(engine, tmp_path_factory.mktemp("hosts"))
    for name in ("a", "b", "c"):
        made.machines[name] = f"machine-{name}"
    yield made
    assert list(made.temporary.glob("metropole-hosts-*")) == [], "a provider left its directory"


def test_the_life_of_hosts(territory: Territory) -> None:
    ground = territory.ground

    # Nobody answers yet: a preview says so of none of them, and fails for none.
    said = territory.run("preview", "--stack", STACK)
    assert "+ 5 to create" in said, said
    assert "warning" not in said

    for name in territory.machines:
        ground.host(name)
    said = territory.run("preview", "--stack", STACK)
    assert said.count("\n    would change R28, R30\n") == 3, said
    assert not (ground.hosts / "a" / "level").exists()

    territory.up()
    assert territory.runs("apply") == 1
    assert [(ground.hosts / name / "level").read_text() for name in territory.machines] == ["enhanced\n"] * 3
    assert {name: host["outputs"]["drift"] for name, host in territory.state().items()} == {"a": [], "b": [], "c": []}

    # Again: nothing to do, nobody asked.
    before, asked = territory.state(), territory.connections()
    said = territory.up()
    assert "unchanged" in said
    assert "updated" not in said
    assert territory.connections() == asked
    assert "refresh" not in said
    territory.run("refresh", "--yes", "--skip-preview", "--stack", STACK)
    after = territory.state()
    kept = ("inputs", "outputs", "modified")
    assert [[after[name][key] for key in kept] for name in before] == [
        [before[name][key] for key in kept] for name in before
    ]
    assert territory.runs("probe") == 1


def test_what_was_edited_by_hand_is_seen_and_mended(territory: Territory) -> None:
    ground = territory.ground
    (ground.hosts / "b" / "level").write_text("none\n")
    (ground.hosts / "b" / "secret").unlink()
    said = territory.run("refresh", "--yes", "--skip-preview", "--diff", "--stack", STACK)
    assert "drift" in said
    assert "R28" in said
    assert "1 updated" in said
    assert {name: host["outputs"]["drift"] for name, host in territory.state().items()} == {
        "a": [],
        "b": ["R28", "R30"],
        "c": [],
    }
    said = territory.run("preview", "--diff", "--stack", STACK)
    assert "drift" in said
    said = territory.up("--refresh")
    assert "1 updated" in said
    assert (ground.hosts / "b" / "level").read_text() == "enhanced\n"
    assert territory.state()["b"]["outputs"]["drift"] == []


def test_a_host_that_fails_and_one_that_is_gone_are_named_and_the_others_done(territory: Territory) -> None:
    ground = territory.ground
    territory.level = "high"
    (ground.hosts / "a" / "broken").touch()
    (ground.hosts / "b").rename(ground.directory / "b-unplugged")
    begun = time.monotonic()
    said = territory.up(fails=True)
    assert time.monotonic() - begun < 90
    assert "a failed (R33): task 'R33 | Fail where told' failed: non-zero return code" in said
    assert "b does not answer: " in said
    assert (ground.hosts / "c" / "level").read_text() == "high\n"

    # Neither a host that is gone nor one that is broken keeps a refresh from its end.
    said = territory.run("refresh", "--yes", "--skip-preview", "--stack", STACK)
    assert "not compared, so they keep their state: b (does not answer: " in said
    # Of an update that failed halfway the engine keeps the old inputs: what was done of it is drift from these.
    assert territory.state()["a"]["outputs"]["drift"] == ["R28", "R33"]

    (ground.hosts / "a" / "broken").unlink()
    (ground.directory / "b-unplugged").rename(ground.hosts / "b")
    said = territory.up("--refresh")
    assert "2 updated" in said
    assert {(ground.hosts / name / "level").read_text() for name in territory.machines} == {"high\n"}
    assert "updated" not in territory.up("--refresh")


def test_another_machine_is_done_anew_and_a_new_host_that_fails_is_not_made_twice(territory: Territory) -> None:
    ground = territory.ground
    territory.machines["c"] = "machine-c-2"
    assert "1 replaced" in territory.up()
    # Not in the same update: the engine ends a replacement only when nothing has failed by then.
    (ground.host("d") / "broken").touch()
    territory.machines["d"] = "machine-d"
    assert "d failed (R33)" in territory.up(fails=True)
    assert territory.state()["d"]["outputs"]["appliedDigest"] == ""
    (ground.hosts / "d" / "broken").unlink()
    assert "1 updated" in territory.up()


def test_an_interruption_ends_the_run_and_leaves_nothing(territory: Territory) -> None:
    ground = territory.ground
    (ground.hosts / "a" / "hang").write_text("75319")
    territory.level = "enhanced"
    engine = territory.start("up", "--yes", "--skip-preview", "--stack", STACK)
    deadline = time.monotonic() + 60
    while not _sleeping("75319") and time.monotonic() < deadline:
        time.sleep(0.2)
    engine.send_signal(signal.SIGINT)
    begun = time.monotonic()
    said, _ = engine.communicate(timeout=60)
    assert time.monotonic() - begun < 20, said
    assert engine.returncode != 0
    assert not _sleeping("75319")
    (ground.hosts / "a" / "hang").unlink()
    territory.up()
    assert (ground.hosts / "a" / "level").read_text() == "enhanced\n"


def test_hosts_are_forgotten_without_a_word_to_them(territory: Territory) -> None:
    before = territory.connections()
    territory.ground.ssh_config.unlink()
    territory.run("destroy", "--yes", "--skip-preview", "--stack", STACK)
    assert territory.connections() == before
    assert territory.state() == {}


def test_no_secret_is_written_down(territory: Territory) -> None:
    places = [territory.ground.evidence, territory.folder / "state"]
    files = [file for place in places for file in place.rglob("*") if file.is_file()]
    assert len(files) > 10
    for file in files:
        text = file.read_text(encoding="utf-8", errors="replace")
        assert "hunter2" not in text, file
        assert "canary-passphrase" not in text, file


def _sleeping(seconds: str) -> bool:
    return any((process.info["cmdline"] or [""])[-1] == seconds for process in psutil.process_iter(["cmdline"]))
