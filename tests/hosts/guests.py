"""The running machines of one world, seen from outside: ssh, the hypervisor's report, processes and bridges."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.twin.operations.metro import Metro
from twin.client import connect
from twin.hosts.cgroups import cgroup_name
from twin.hosts.report import GuestReport, GuestState, read_report

BOOT_S = 240.0
SSH_S = 60.0


@dataclass(frozen=True)
class Guests:
    """Those of the sandbox of one state directory."""

    metro: Metro

    @property
    def world(self) -> Path:
        """The world's directory."""
        return self.metro.state / "worlds" / "sandbox"

    @property
    def hypervisor(self) -> int:
        """The first process of the hypervisor's namespaces."""
        client = connect(self.metro.state)
        assert client is not None
        (world,) = (each for each in client.status().worlds if each.territory == "sandbox")
        assert world.hosts is not None
        assert world.hosts.pid is not None
        return world.hosts.pid

    def reports(self) -> dict[str, GuestReport]:
        """What the hypervisor says of each, by name."""
        return {guest.name: guest for guest in read_report(self.world / "hosts")}

    def ssh(self, host: str, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command on a host as automation does."""
        return subprocess.run(
            ["ssh", "-F", str(self.world / "ssh" / "config"), host, "--", *command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SSH_S,
            check=False,
        )

    def on(self, host: str, *command: str) -> str:
        """What a command prints that has to succeed."""
        done = self.ssh(host, *command)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def where_wires_are(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the network namespace of the world's wires."""
        inside = ["nsenter", f"--net=/proc/{self.hypervisor}/ns/net", *command]
        return subprocess.run(inside, capture_output=True, text=True, timeout=SSH_S, check=False)

    def first_process(self, host: str) -> int:
        """A guest's first process as this machine counts."""
        inner = str(self.reports()[host].pid)
        for process in self.processes():
            try:
                status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii", errors="replace")
            except OSError:  # it has just ended
                continue
            (ids,) = (line.split()[1:] for line in status.splitlines() if line.startswith("NSpid:"))
            if ids[1:] == [inner, "1"]:
                return process.pid
        raise AssertionError(f"{host} has no process {inner}")

    def inside(self, host: str, command: str) -> str:
        """What a command prints in a guest that is not asked: what a person at its console would do."""
        enter = ["nsenter", "--target", str(self.first_process(host)), "--all", "sh", "-c", command]
        return subprocess.run(enter, check=True, capture_output=True, text=True, timeout=SSH_S).stdout.strip()

    def wait_running(self, names: Collection[str] | None = None) -> dict[str, GuestReport]:
        """Block until these (all that are on, unless given) have booted."""

        def booted() -> bool:
            reports = self.reports()
            wanted = names if names is not None else [r.name for r in reports.values() if r.state != GuestState.OFF]
            states = [reports[name].state for name in wanted if name in reports]
            return len(states) == len(wanted) > 0 and set(states) == {GuestState.RUNNING}

        wait_until(booted, BOOT_S, lambda: f"{self.reports()}\n{(self.world / 'hosts.log').read_text()}")
        return self.reports()

    def processes(self) -> list[psutil.Process]:
        """Everything that runs in the control group of the world's hypervisor."""
        name = cgroup_name(self.world / "hosts")
        found: list[psutil.Process] = []
        for process in psutil.process_iter():
            try:
                if name in Path(f"/proc/{process.pid}/cgroup").read_text(encoding="ascii"):
                    found.append(process)
            except OSError:
                continue
        return found


def wait_until(what: Callable[[], bool], seconds: float, why: Callable[[], str] = lambda: "") -> None:
    """Block until something is so. Fails with `why` when it is not in time."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {why()}"
        time.sleep(0.3)
