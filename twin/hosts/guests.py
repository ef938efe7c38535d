"""Guests as podman containers that run systemd, from the golden image's tree."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from twin.hosts.machine import Machine

_SECONDS: Final = 60.0
_PID_SECONDS: Final = 5.0
_PID_POLL_SECONDS: Final = 0.05
_SEED: Final = "/var/lib/cloud/seed/nocloud"

_CAPABILITIES: Final = (
    "AUDIT_CONTROL",
    "AUDIT_WRITE",
    "DAC_READ_SEARCH",
    "IPC_LOCK",
    "NET_ADMIN",
    "NET_BROADCAST",
    "NET_RAW",
    "SYS_ADMIN",  # systemd's sandboxing of services makes mount namespaces
    "SYS_NICE",
    "SYS_PTRACE",
    "SYS_RESOURCE",
    "SYSLOG",
)
"""Beside podman's own: what a system needs to look after itself. None that reaches the machine's modules or clock."""

_CONFIGURATION: Final = """\
[containers]
default_ulimits = ["nofile=1024:{files}", "nproc=10000:10000"]
log_driver = "none"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "none"
"""

_NOT_OURS: Final = (
    "dev-hugepages.mount",
    "dev-mqueue.mount",
    "proc-sys-fs-binfmt_misc.automount",
    "sys-fs-fuse-connections.mount",
    "sys-kernel-config.mount",
    "sys-kernel-debug.mount",
    "sys-kernel-tracing.mount",
    "systemd-binfmt.service",
    "tmp.mount",
)
"""What podman has mounted, or is the machine's. systemd 252 sometimes waits for ever for a mount among several."""

_LEAST_MIB: Final = 256
_PROCESSES: Final = 4096
_MOST_FILES: Final = 524_288
"""What systemd itself gives a service at most."""


class GuestError(Exception):
    """podman refused; the message is its own."""


class Guests:
    """The containers of one hypervisor, in a storage of their own."""

    def __init__(self, directory: Path, tree: Path, cgroup: str) -> None:
        """`directory` is the hypervisor's own, `tree` the golden image, `cgroup` what all its containers are under."""
        self._seeds = directory / "seeds"
        self._tree = tree
        self._cgroup = cgroup
        configuration = directory / "containers.conf"
        _, most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
        configuration.write_text(_CONFIGURATION.format(files=min(most_files, _MOST_FILES)), encoding="ascii")
        self._environment = {
            "CONTAINERS_CONF": str(configuration),
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(directory),
        }
        self._podman = (
            "podman",
            *("--root", str(directory / "storage")),
            *("--runroot", str(directory / "run")),
            *("--tmpdir", str(directory / "tmp")),
            *("--storage-driver", "overlay"),
        )

    def start(self, machine: Machine) -> int:
        """Bring a machine as far as its first instruction: it has its namespaces, and `go` lets it run.

        Returns its first process. A disk of its own from before is used again. Raises `GuestError`.
        """
        name = container(machine.id)
        self._write_seed(name, machine.seed)
        if name not in self._run("ps", "--all", "--format", "{{.Names}}").split():
            self._create(name, machine)
        self._run("init", name)
        return self._first_process(name)

    def _first_process(self, name: str) -> int:
        """podman may say 0 for a moment."""
        deadline = time.monotonic() + _PID_SECONDS
        while True:
            facts: Any = json.loads(self._run("container", "inspect", name))
            pid = int(facts[0]["State"]["Pid"])
            if pid and Path(f"/proc/{pid}/ns/net").exists():
                return pid
            if time.monotonic() > deadline:
                raise GuestError(
                    f"it has no first process: {facts[0]['State'].get('Error') or facts[0]['State']['Status']}"
                )
            time.sleep(_PID_POLL_SECONDS)

    def go(self, machine_id: str) -> None:
        """Let a started machine run. Raises `GuestError`."""
        self._run("start", container(machine_id))

    def stop(self, machine_id: str) -> None:
        """Take the power away; its disk is kept. Raises `GuestError`."""
        self._run("stop", "--ignore", "--time", "0", container(machine_id))

    def remove(self, machine_id: str) -> None:
        """Take power and disk away. Raises `GuestError`."""
        name = container(machine_id)
        self._run("rm", "--force", "--time", "0", "--ignore", name)
        shutil.rmtree(self._seeds / name, ignore_errors=True)

    def lives(self, pid: int) -> bool:
        """Whether the first process of a guest is still there."""
        return Path(f"/proc/{pid}").exists()

    def _create(self, name: str, machine: Machine) -> None:
        self._run(
            "create",
            *("--name", name),
            *("--hostname", "localhost"),  # what the machine is called is told by its seed, as untrusted as that is
            *("--network", "none"),
            "--systemd=always",
            *("--cgroup-parent", self._cgroup),
            *("--cap-add", ",".join(_CAPABILITIES)),
            *("--memory", f"{max(machine.memory_mib, _LEAST_MIB)}m"),
            *("--pids-limit", str(_PROCESSES)),
            *("--volume", f"{self._seeds / name}:{_SEED}:ro"),
            *("--rootfs", f"{self._tree}:O", "/sbin/init"),
            *(f"systemd.mask={unit}" for unit in _NOT_OURS),
        )

    def _write_seed(self, name: str, seed: Mapping[str, str]) -> None:
        directory = self._seeds / name
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        for file, text in seed.items():
            (directory / file).write_text(text, encoding="utf-8")

    def _run(self, *arguments: str) -> str:
        try:
            answer = subprocess.run(
                [*self._podman, *arguments],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired as error:
            raise GuestError(f"podman {arguments[0]} did not end within {_SECONDS:.0f} s") from error
        if answer.returncode:
            said = answer.stderr.decode(errors="replace").strip()
            raise GuestError(f"podman {arguments[0]}: {said or f'code {answer.returncode}'}")
        return answer.stdout.decode()


def container(machine_id: str) -> str:
    """What a machine's container is called: ids are a UUID or an instance's, checked because an API takes any."""
    if not machine_id.replace("-", "").isalnum() or not machine_id.isascii():
        raise GuestError(f"the id {machine_id!r} is neither a UUID nor an instance's")
    return f"guest-{machine_id}"
