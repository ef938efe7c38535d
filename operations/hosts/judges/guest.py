"""What a judged guest is told at its first boot, and how it is reached: the host as declared, on a wire of its own."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Interface
from pathlib import Path

from components.user_data import Address, cloud_config, metadata
from operations.console import Progress
from operations.engine.command import run_long
from operations.errors import MachineError
from operations.hosts.judges.machine import Machine, Wire
from territory.hosts import Host
from territory.model import Territory
from territory.openings import ssh_sources

MAC = "52:54:00:00:00:01"
"""Of a guest's only card, in the range QEMU's are from: nobody else is on its wire."""
ACCOUNT = "metropole"
BOOT_S = 900
_LOOK_S = 3
_TRY_S = 60


@dataclass(frozen=True)
class Keys:
    """Made for one guest, gone with it: nothing is trusted on sight."""

    identity: Path
    """Private, of whoever asks; the public one is beside it."""
    host: Path
    """The guest's own, which its seed gives it; the public one is beside it."""


def wire_of(territory: Territory, host: Host) -> Wire:
    """A wire on which the host has its declared address, and is asked from one that it lets in."""
    sources = (address for network in ssh_sources(territory, host) for address in network)
    return Wire(host.address, next(address for address in sources if address != host.address), MAC)


def make_keys(work: Path) -> Keys:
    """Two pairs in a directory that is the caller's alone."""
    keys = Keys(work / "id_ed25519", work / "host_ed25519")
    for path in (keys.identity, keys.host):
        argv = ("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "judges", "-f", str(path))
        subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    return keys


def seed_files(host: str, wire: Wire, keys: Keys) -> dict[str, str]:
    """cloud-init's NoCloud files: what production's guests are told, and which host key to have."""
    identity = metadata(host, [Address(wire.mac, IPv4Interface((wire.guest, wire.network.prefixlen)))])
    account = cloud_config([_public(keys.identity)])
    host_key = {"ed25519_private": keys.host.read_text(encoding="ascii"), "ed25519_public": _public(keys.host)}
    return {
        "meta-data": json.dumps({name: value for name, value in identity.items() if name != "network"}),
        "network-config": json.dumps(identity["network"]),
        "user-data": f"#cloud-config\n{json.dumps({**account, 'ssh_keys': host_key})}\n",
    }


def write_seed(files: dict[str, str], work: Path) -> Path:
    """The files as a disk that cloud-init looks for. Raises `MachineError`."""
    folder, seed = work / "seed", work / "seed.iso"
    folder.mkdir(mode=0o700)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    argv = ["genisoimage", "-quiet", "-output", str(seed), "-volid", "cidata", "-joliet", "-rock", str(folder)]
    finished = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60)
    if finished.returncode != 0:
        raise MachineError(f"the guest's seed could not be written: {finished.stderr.strip()}")
    return seed


def write_ssh_config(host: str, port: int, keys: Keys, work: Path) -> Path:
    """For `ssh -F`: the guest by its name, and nobody else."""
    known = work / "known_hosts"
    known.write_text(f"{host} {_public(keys.host)}\n", encoding="ascii")
    lines = [
        f"Host {host}",
        "HostName 127.0.0.1",
        f"Port {port}",
        f"HostKeyAlias {host}",
        f"User {ACCOUNT}",
        f'IdentityFile "{keys.identity}"',
        "IdentitiesOnly yes",
        f'UserKnownHostsFile "{known}"',
        "GlobalKnownHostsFile /dev/null",
        "StrictHostKeyChecking yes",
        "BatchMode yes",
        "LogLevel ERROR",
        f"ConnectTimeout {_TRY_S}",
        "ServerAliveInterval 15",
        "ServerAliveCountMax 20",
    ]
    config = work / "ssh_config"
    config.write_text("\n    ".join(lines) + "\n", encoding="utf-8")
    return config


@dataclass(frozen=True)
class Guest:
    """One that is reached by ssh."""

    name: str
    ssh_config: Path

    def ssh(self, *command: str) -> list[str]:
        """The command line that runs a command of one word each in the guest; they pass through its shell."""
        return ["ssh", "-F", str(self.ssh_config), self.name, "--", *command]

    def wait(self, machine: Machine, progress: Progress, limit_s: float = BOOT_S) -> None:
        """Until the ssh of the guest in a machine answers. Raises `MachineError` with its last words when it ends."""
        begun = time.monotonic()
        while (elapsed := time.monotonic() - begun) < limit_s:
            if machine.process.poll() is not None:
                raise MachineError(f"the guest ended while it booted:\n{machine.last_words()}")
            progress(f"booting ({elapsed:.0f} s)")
            if self._answers():
                return
            time.sleep(_LOOK_S)
        raise MachineError(f"the guest did not answer within {limit_s:g} s:\n{machine.last_words()}")

    def run(self, command: Sequence[str], what: str, progress: Progress) -> None:
        """Run a command to its end, its newest line as progress. Raises `MachineError` when it fails."""
        finished = run_long(
            self.ssh(*command), cwd=self.ssh_config.parent, environment=_plain(), progress=progress, describe=_short
        )
        if finished.code != 0:
            raise MachineError(f"{what} failed (exit code {finished.code}):\n{finished.tail}")

    def _answers(self) -> bool:
        try:
            tried = subprocess.run(
                self.ssh("true"), stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=_TRY_S
            )
        except subprocess.TimeoutExpired:
            return False
        return tried.returncode == 0


def _plain() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": os.environ.get("HOME", "/"), "LC_ALL": "C.UTF-8"}


def _short(line: str) -> str:
    return line.strip()[:100]


def _public(key: Path) -> str:
    return key.with_name(f"{key.name}.pub").read_text(encoding="ascii").strip()
