"""Hosts that run for one run of a bench: fresh, in a hypervisor of their own, gone afterwards whatever happens."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from operations.bench.harden.machines import machines, world
from operations.console import Console, Progress
from operations.errors import AnswerNo, MachineError
from operations.hosts.harden import baseline_inputs
from operations.hosts.hosting import await_hosts
from operations.hosts.running import RunningHosts
from operations.worlds.automation import prepare_automation
from operations.yaml_files import write_mapping
from playbooks.digest import playbook_digest
from providers.hosts.baseline import Baseline
from providers.logic import Properties
from territory.hosts import Host
from territory.model import Territory
from twin.hosts.cgroups import cgroup_name, remove_dead_cgroups
from twin.hosts.listed import write_machines
from twin.worlds import HOSTS_DIRECTORY, WORLD_FILE

_END_SECONDS = 60.0
_SAID = 2000
_COUNTED = {"cpuacct/{}/cpuacct.usage": 1e-9, "{}/cpu.stat": 1e-6}
"""Where the kernel counts a control group's time, with version 1 and 2, and its unit in seconds."""


@dataclass(frozen=True)
class Field:
    """Hosts that have booted."""

    territory: Territory
    hosts: tuple[Host, ...]
    running: RunningHosts
    boot_seconds: float
    """Until the last of them had."""

    @property
    def names(self) -> list[str]:
        """Theirs."""
        return [host.name for host in self.hosts]

    def inputs(self) -> dict[str, Properties]:
        """What the stack `hosts` would declare of each, by name."""
        digest = playbook_digest()
        return {host.name: baseline_inputs(self.territory, host, host.name, digest) for host in self.hosts}

    def baselines(self) -> list[Baseline]:
        """The same, as a run takes it."""
        return [Baseline.of(inputs) for inputs in self.inputs().values()]

    def processor_seconds(self) -> float:
        """What the hosts have used since they were started, on all processors together."""
        group = cgroup_name(self.running.world / HOSTS_DIRECTORY).strip("/")
        for name, unit in _COUNTED.items():
            file = Path("/sys/fs/cgroup", name.format(group))
            if file.is_file():
                # Version 2 writes `usage_usec` before it, and other counts after it.
                words = file.read_text(encoding="ascii").split()
                return int(next(word for word in words if word.isdecimal())) * unit
        raise MachineError(f"the kernel does not count the time of the control group {group}")


@contextmanager
def fresh_field(territory: Territory, hosts: tuple[Host, ...], tree: Path, console: Console) -> Generator[Field]:
    """These hosts, booted from an image's tree, with nothing done to them. Raises `AnswerNo` when one does not boot."""
    directory = Path(tempfile.mkdtemp(prefix="metropole-bench-")).resolve()
    hypervisor = None
    try:
        automation = prepare_automation(directory, territory)
        write_mapping(directory / WORLD_FILE, dict(world(territory)))
        listed = directory / "machines.json"
        write_machines(listed, machines(territory, hosts, automation.public_key))
        begun = time.monotonic()
        hypervisor = _start(directory, listed, tree)
        with console.step(f"Booting {len(hosts)} hosts") as progress:
            _await(directory, hosts, progress)
        yield Field(territory, hosts, RunningHosts(directory, tree), time.monotonic() - begun)
    finally:
        _clear(directory, hypervisor)


def _start(directory: Path, listed: Path, tree: Path) -> subprocess.Popen[bytes]:
    argv = [sys.executable, "-m", "twin.hosts"]
    argv += ["--world", str(directory / WORLD_FILE), "--machines", str(listed)]
    argv += ["--image", str(tree), "--directory", str(directory / HOSTS_DIRECTORY)]
    with _log(directory).open("wb") as log:
        return subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log, start_new_session=True
        )


def _await(directory: Path, hosts: tuple[Host, ...], progress: Progress) -> None:
    try:
        await_hosts(directory, [host.name for host in hosts], progress)
    except AnswerNo as error:
        said = _log(directory).read_text(encoding="utf-8", errors="replace")[-_SAID:]
        raise AnswerNo(f"{error.message}\n{said}") from error


def _clear(directory: Path, hypervisor: subprocess.Popen[bytes] | None) -> None:
    # A second ^C would leave hosts running.
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        if hypervisor is not None:
            assert hypervisor.stdin is not None  # noqa: S101 - it was asked for
            hypervisor.stdin.close()
            try:
                hypervisor.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                hypervisor.kill()
                hypervisor.wait()
            remove_dead_cgroups()
        shutil.rmtree(directory, ignore_errors=True)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _log(directory: Path) -> Path:
    return (directory / HOSTS_DIRECTORY).with_suffix(".log")
