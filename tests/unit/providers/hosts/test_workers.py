"""Hosts that a worker of their site runs: real jobs of ansible-runner, sent over an ssh that goes nowhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import psutil
import pytest
from ansible.errors import AnsibleActionFail

from operations.worlds.journal_authority import prepare_journal_authority
from playbooks.action_plugins.certificate import signed
from providers.hosts import worker_program
from providers.hosts.baseline import Baseline
from providers.hosts.batches import CANCELLED, Mode
from providers.hosts.outcome import Outcome, State
from providers.hosts.runs import Runs, inventory
from providers.hosts.settings import Settings
from providers.hosts.sites import parts
from providers.hosts.worker_job import WorkerJob, wants_signature
from providers.hosts.worker_program import PACKAGES
from providers.hosts.worker_run import Told, packed
from territory.loader import load_territory
from tests.unit.providers.hosts.ground import Ground, assert_ended, baseline, sleeping, until

SECONDS = 60.0
WORKERS = {"lac": "lac-worker", "pessac": "pessac-worker"}


class World:
    """A ground, runs with workers on it, and what they told meanwhile."""

    def __init__(self, directory: Path, workers: Mapping[str, str] = WORKERS) -> None:
        self.ground = Ground(directory)
        self.told: list[str] = []
        self.cancelled = threading.Event()
        self._settings = Settings(self.ground.ssh_config, self.ground.evidence, 60, 1, 8, workers=workers)
        self.runs = self._runs()

    def _runs(self) -> Runs:
        return Runs(self._settings, self.ground.playbooks, self.cancelled, self.told.append)

    def authorize(self, authority: Path) -> None:
        authority.mkdir()
        (authority / "authority.pem").write_text("public")
        (authority / "authority.key.pem").write_text("private")
        self._settings = replace(self._settings, journal_authority=authority)
        self.runs.close()
        self.runs = self._runs()

    def run(self, *hosts: str, mode: Mode = Mode.APPLY, seconds: float = SECONDS) -> dict[str, Outcome]:
        return self.runs.run(mode, [at(host) for host in hosts], seconds)


def at(host: str) -> Baseline:
    return baseline(host, groups=["role_service", f"site_{host.partition('-')[0]}"])


@pytest.fixture
def world_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Mapping[str, str]], World]]:
    made: list[World] = []

    def make(workers: Mapping[str, str]) -> World:
        made.append(World(tmp_path, workers))
        monkeypatch.setenv("PATH", str(made[-1].ground.programs), prepend=":")
        return made[-1]

    yield make
    for world in made:
        world.runs.close()


@pytest.fixture
def world(world_of: Callable[[Mapping[str, str]], World]) -> World:
    return world_of(WORKERS)


def test_each_site_is_run_by_its_worker_and_the_rest_from_here(world: World) -> None:
    for name in WORKERS.values():
        world.ground.worker(name)
    for name in ("lac-a", "pessac-a", "cloud-a"):
        world.ground.host(name)
    (world.ground.host("lac-b") / "broken").touch()

    outcomes = world.run("lac-a", "lac-b", "lac-gone", "pessac-a", "cloud-a", "lac-worker")

    assert {name: outcome.state for name, outcome in outcomes.items()} == {
        "lac-a": State.DONE,
        "lac-b": State.FAILED,
        "lac-gone": State.UNREACHABLE,
        "pessac-a": State.DONE,
        "cloud-a": State.DONE,
        "lac-worker": State.DONE,
    }
    assert (outcomes["lac-a"].tasks, outcomes["lac-a"].rules) == (4, ("R28", "R30"))
    assert outcomes["lac-b"].failed_rules == ("R33",)
    assert world.ground.connections(of_workers=True) == {"lac-a", "lac-b", "lac-gone", "pessac-a"}
    assert world.ground.connections() == {"lac-worker", "pessac-worker", "cloud-a"}
    assert world.told == []

    kept = Path(outcomes["lac-a"].evidence).parent
    assert sorted(path.name for path in kept.iterdir()) == [
        "ansible-lac-worker.log",
        "ansible-pessac-worker.log",
        "ansible.log",
        "result.json",
    ]
    assert "fatal: [lac-b]: FAILED!" in Path(outcomes["lac-b"].evidence).read_text()
    assert "hunter2" not in "".join(path.read_text() for path in kept.iterdir())
    assert json.loads((kept / "result.json").read_text())["workers"] == {
        "lac-worker": ["lac"],
        "pessac-worker": ["pessac"],
    }

    (world.ground.hosts / "lac-a" / "secret").write_text("edited by hand")
    probed = world.run("lac-a", mode=Mode.PROBE)["lac-a"]
    assert (probed.state, probed.rules) == (State.DONE, ("R30",))
    assert (world.ground.hosts / "lac-a" / "secret").read_text() == "edited by hand"


UNABLE = {
    "none": ("", "broke off: ssh: connect to host none-worker port 22: No route to host"),
    "bare": ("#!/bin/sh\necho 'python: not found' >&2; exit 127\n", "broke off: python: not found"),
    "chatty": ("#!/bin/sh\necho Welcome\nexec cat >/dev/null\n", "says 'Welcome', which is no event"),
    "old": (
        '#!/bin/sh\necho \'{"ready": {"ansible-core": "2.9.0"}}\'\nexec cat >/dev/null\n',
        "has ansible-core 2.9.0, expected 2.",
    ),
}
"""Sites whose workers cannot begin: what theirs is instead, and what is said of it."""


def test_a_worker_that_cannot_begin_is_told_and_its_hosts_are_run_from_here(
    world_of: Callable[[Mapping[str, str]], World],
) -> None:
    world = world_of({site: f"{site}-worker" for site in UNABLE})
    for site, (program, _) in UNABLE.items():
        if program:
            world.ground.worker(f"{site}-worker", program)
        world.ground.host(f"{site}-a")
    outcomes = world.run(*(f"{site}-a" for site in UNABLE))
    assert {(outcome.state, outcome.rules) for outcome in outcomes.values()} == {(State.DONE, ("R28", "R30"))}
    told = sorted(world.told)
    assert len(told) == len(UNABLE)
    for line, (site, (_, why)) in zip(told, sorted(UNABLE.items()), strict=True):
        assert line.startswith(f"the worker {site}-worker of site {site} {why}")
        assert line.endswith(f"; run from here instead: {site}-a")


def test_a_worker_that_is_killed_takes_its_own_hosts_only_and_the_next_run_converges(world: World) -> None:
    for name in WORKERS.values():
        world.ground.worker(name)
    for name in ("lac-a", "pessac-a", "cloud-a"):
        world.ground.host(name)
    hang = world.ground.host("lac-slow") / "hang"
    hang.write_text("75319")

    def kill() -> None:
        until(lambda: bool(sleeping("75319")))
        worker = psutil.Process(int((world.ground.hosts / "lac-worker" / "pid").read_text()))
        for process in [worker, *worker.children(recursive=True)]:
            process.kill()

    begun = time.monotonic()
    killer = threading.Thread(target=kill)
    killer.start()
    outcomes = world.run("lac-a", "lac-slow", "pessac-a", "cloud-a")
    killer.join()

    assert time.monotonic() - begun < 45
    assert {name for name, outcome in outcomes.items() if outcome.state is State.DONE} == {"pessac-a", "cloud-a"}
    slow = outcomes["lac-slow"]
    assert slow.state is State.UNFINISHED
    assert slow.problem.startswith("the worker lac-worker of site lac broke off")
    assert slow.problem.endswith(", at task 'R34 | Hang where told'")
    assert slow.rules == ("R28", "R30")
    assert world.told == []

    hang.unlink()
    again = world.run("lac-a", "lac-slow")
    assert {outcome.state for outcome in again.values()} == {State.DONE}


LIAR = f"""\
#!{sys.executable}
import sys
heard = sys.stdin.buffer
heard.read(int(heard.readline()))
print('%(ready)s', flush=True)
heard.read(int(heard.readline()))
print('%(line)s', flush=True)
heard.read()
"""
READY = json.dumps({"ready": {package: version(package) for package in PACKAGES}})
LIES = {
    "text": ("Killed", "says 'Killed', which is no event"),
    "files": ('{"zipfile": 300}', "says '{\"zipfile\": 300}', which is no event"),
    "verdict": ('{"event": "worker_ended", "begun": false, "problem": ""}', 'says \'{"event": "worker_ended"'),
    "stats": (
        '{"event": "playbook_on_stats", "counter": 1, "uuid": "u", "event_data": {"failures": 3}}',
        "tells what never happens in a run",
    ),
    "shape": ('{"event": "x", "counter": 1, "uuid": "u", "event_data": 3}', "tells what never happens in a run"),
    "end": ('{"status": "failed"}\\n{"eof": true}', "ansible ended before its end"),
}
"""Sites whose workers make things up: what theirs tells, and what is said of it."""


def test_a_worker_that_makes_things_up_is_told_and_its_hosts_are_left(
    world_of: Callable[[Mapping[str, str]], World],
) -> None:
    world = world_of({site: f"{site}-worker" for site in LIES})
    for site, (line, _) in LIES.items():
        world.ground.worker(f"{site}-worker", LIAR % {"ready": READY, "line": line})
        world.ground.host(f"{site}-a")
    outcomes = world.run(*(f"{site}-a" for site in LIES))
    for site, (_, why) in LIES.items():
        assert outcomes[f"{site}-a"].state is State.UNFINISHED
        told = outcomes[f"{site}-a"].problem.removeprefix(f"the worker {site}-worker of site {site} ")
        assert told.startswith(why)
    assert world.ground.connections() == {f"{site}-worker" for site in LIES}
    assert world.told == []


@pytest.mark.parametrize("how", ["deadline", "cancelled"])
def test_what_a_worker_does_ends_with_the_run(world: World, how: str) -> None:
    world.ground.worker("lac-worker")
    (world.ground.host("lac-slow") / "hang").write_text("64208")

    def cancel() -> None:
        until(lambda: bool(sleeping("64208")))
        world.cancelled.set()

    canceller = threading.Thread(target=cancel)
    if how == "cancelled":
        canceller.start()
    outcome = world.run("lac-slow", seconds=8.0 if how == "deadline" else SECONDS)["lac-slow"]
    assert outcome.state is State.UNFINISHED
    assert outcome.problem.startswith("not through in 8 s" if how == "deadline" else CANCELLED)
    assert_ended("64208")


SIGN = """
- name: R71 | Sign
  ansible.builtin.command:
    cmd: cat
    stdin: "{{ lookup('ansible.builtin.file', journal_authority ~ '/authority.key.pem') }}"
  when: lookup('ansible.builtin.file', journal_authority ~ '/authority.pem') == 'public'
  changed_when: true
"""


def test_the_authoritys_key_stays_here_and_so_does_what_needs_it(
    world_of: Callable[[Mapping[str, str]], World], tmp_path: Path
) -> None:
    world = world_of({"lac": "lac-worker"})
    world.authorize(tmp_path / "authority")
    world.ground.worker("lac-worker")
    world.ground.host("lac-a")
    tasks = world.ground.playbooks / "roles" / "toy" / "tasks" / "main.yml"
    tasks.write_text(tasks.read_text() + SIGN)
    outcome = world.run("lac-a")["lac-a"]
    assert (outcome.state, outcome.problem) == (State.DONE, "")
    assert (outcome.tasks, outcome.changed, outcome.rules) == (5, 3, ("R28", "R30", "R71"))
    assert "lac-a" in world.ground.connections() & world.ground.connections(of_workers=True)
    assert world.told == []


def test_what_signing_says_without_the_key_is_understood(tmp_path: Path) -> None:
    authority = prepare_journal_authority(tmp_path, load_territory("sandbox"))
    (authority / "authority.key.pem").unlink()
    with pytest.raises(AnsibleActionFail) as caught:
        signed(authority, "", "lac-bastion", "10.0.0.5")
    assert wants_signature(Outcome(State.FAILED, problem=str(caught.value)))
    assert not wants_signature(Outcome(State.DONE, problem=str(caught.value)))


def test_a_worker_whose_controller_is_gone_ends_all_it_started(world: World, tmp_path: Path) -> None:
    (world.ground.host("lac-slow") / "hang").write_text("53197")
    memory = tmp_path / "memory"
    memory.mkdir()
    with _program(world, memory) as process:
        assert process.stdin is not None
        until(lambda: bool(sleeping("53197")))
        assert len(list(memory.iterdir())) == 1
        process.stdin.close()
        process.wait(20)
    assert_ended("53197")
    assert list(memory.iterdir()) == []


def test_a_worker_that_says_nothing_any_more_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("providers.hosts.worker_run._SILENT_SECONDS", 0.2)
    told, tell = os.pipe()
    try:
        os.write(tell, b'{"event": "keepalive"}\n{"half": ')
        lines = Told(told)
        assert lines.readline() == b'{"event": "keepalive"}\n'
        assert lines.readline() == b""
        assert lines.problem == "said nothing for 0.2 s"
    finally:
        os.close(told)
        os.close(tell)


def test_hosts_are_parted_by_site_and_no_worker_runs_itself() -> None:
    workers = {"cloud-paris": "lac-worker", "lac": "lac-worker"}
    hosts = [baseline("a", groups=["site_cloud_paris"]), at("lac-worker"), at("lac-b"), at("pessac-c")]
    found = {part.worker.host if part.worker else "": part for part in parts(hosts, workers)}
    assert {name: [each.host for each in part.baselines] for name, part in found.items()} == {
        "lac-worker": ["a", "lac-b"],
        "": ["lac-worker", "pessac-c"],
    }
    assert str(found["lac-worker"].worker) == "the worker lac-worker of sites cloud-paris and lac"


@contextmanager
def _program(world: World, memory: Path) -> Generator[subprocess.Popen[bytes]]:
    """The program of workers at work on a job, as one that is sent."""
    directory = world.ground.directory / "job"
    directory.mkdir()
    job: WorkerJob = {
        "ssh_config": "",
        "worker": "lac-worker",
        "playbooks": str(world.ground.playbooks),
        "authority": None,
        "run": {
            "private_data_dir": str(directory),
            "playbook": "harden.yml",
            "inventory": inventory([at("lac-slow")], "-o BatchMode=yes"),
        },
    }
    with ThreadPoolExecutor(1) as thread:  # in the main thread ansible-runner would take over its signals
        sent = thread.submit(packed, job).result()
    process = subprocess.Popen(
        [sys.executable, "-I", worker_program.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "XDG_RUNTIME_DIR": str(memory)},
    )
    try:
        assert process.stdin is not None
        process.stdin.write(f"{len(sent)}\n".encode() + sent)
        process.stdin.flush()
        yield process
    finally:
        process.kill()
        process.wait()
