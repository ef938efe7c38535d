"""A machine of QEMU's that boots a disk: reached through one port of loopback, and reaching nothing itself."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from operations.errors import MachineError
from operations.hosts.judges.kit import said

PROGRAM = "qemu-system-x86_64"
TOOLS = {"genisoimage": "genisoimage", PROGRAM: "qemu-system-x86"}
"""What has to be on PATH to make and boot one, and the Debian package it is in."""
MEMORY_MIB = 2048
PROCESSORS = 2
SSH_PORT = 22
_KVM = Path("/dev/kvm")
_TRIAL_S = 3
_END_S = 10
_SANDBOX = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"


@dataclass(frozen=True)
class Wire:
    """The one network of a guest: itself and whoever asks it, on the same segment."""

    guest: IPv4Address
    """The guest's declared address."""
    asker: IPv4Address
    """Where connections come from, as the guest sees it: one of those its firewall lets in."""
    mac: str

    @property
    def network(self) -> IPv4Network:
        """The smallest that holds both, and two addresses more for what QEMU insists on."""
        for prefix in range(29, 3, -1):
            network = IPv4Network((self.guest, prefix), strict=False)
            ends = (network.network_address, network.broadcast_address)
            if self.asker in network and not {self.guest, self.asker} & {*ends}:
                return network
        raise MachineError(f"{self.guest} and {self.asker} are in no network that QEMU knows")

    def options(self, port: int) -> str:
        """Of QEMU's user network: it hands a port of loopback to the guest's ssh and lets nothing out."""
        spare = (address for address in self.network.hosts() if address not in (self.guest, self.asker))
        name_server, lease = next(spare), next(spare)
        return ",".join(
            (
                "user,id=wire,restrict=on,ipv6=off",
                f"net={self.network},host={self.asker},dns={name_server},dhcpstart={lease}",
                f"hostfwd=tcp:127.0.0.1:{port}-{self.guest}:{SSH_PORT}",
            )
        )


@dataclass(frozen=True)
class Machine:
    """One that runs."""

    port: int
    """Of loopback, where its ssh answers."""
    console: Path
    """What it wrote to its serial line."""
    process: subprocess.Popen[bytes]

    def last_words(self) -> str:
        """The newest lines of its console and of QEMU itself, for a failure's message."""
        lines = self.console.read_text(encoding="utf-8", errors="replace").splitlines() if self.console.exists() else []
        log = _log(self.console)
        return "\n".join([*lines[-5:], *log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]])


def version() -> str:
    """Of QEMU, as it says."""
    return said(PROGRAM, "--version").splitlines()[0].removeprefix("QEMU emulator version ")


def accelerator() -> str:
    """`kvm` where it works, else `tcg`: QEMU in software, about ten times as slow.

    It is tried: inside some virtual machines the device is there and no guest starts.
    """
    if not os.access(_KVM, os.R_OK | os.W_OK):
        return "tcg"
    argv = [PROGRAM, "-nodefaults", "-machine", "pc,accel=kvm", "-cpu", "host", "-display", "none"]
    with subprocess.Popen(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as trial:
        try:
            trial.wait(_TRIAL_S)
        except subprocess.TimeoutExpired:
            return "kvm"
        finally:
            trial.kill()
    return "tcg"


def command_line(accel: str, disk: Path, seed: Path, wire: Wire, port: int, console: Path) -> tuple[str, ...]:
    """QEMU's. What the guest writes to its disk is gone with it."""
    return (
        *(PROGRAM, "-nodefaults", "-no-user-config", "-display", "none", "-sandbox", _SANDBOX),
        *("-machine", "pc", "-accel", accel, "-cpu", "host" if accel == "kvm" else "max"),
        *("-smp", str(PROCESSORS), "-m", str(MEMORY_MIB)),
        *("-device", "virtio-rng-pci"),
        # Disk and card are those that a vCenter gives its machines.
        *("-drive", f"file={_escaped(disk)},format=raw,if=none,id=disk,snapshot=on,cache=unsafe"),
        *("-device", "pvscsi,id=controller", "-device", "scsi-hd,drive=disk,bus=controller.0"),
        *("-drive", f"file={_escaped(seed)},format=raw,media=cdrom,readonly=on"),
        *("-netdev", wire.options(port), "-device", f"vmxnet3,netdev=wire,mac={wire.mac}"),
        *("-serial", f"file:{console}"),
    )


@contextmanager
def running(accel: str, disk: Path, seed: Path, wire: Wire, work: Path) -> Generator[Machine]:
    """A machine that runs while the block does, and never longer. `work` is a directory for what it leaves."""
    port, console = _free_port(), work / "console.log"
    setpriv = shutil.which("setpriv")
    argv = command_line(accel, disk, seed, wire, port, console)
    with _log(console).open("wb") as log:
        process = subprocess.Popen(
            [*([setpriv, "--pdeathsig", "KILL"] if setpriv else []), *argv],
            env={"PATH": os.environ.get("PATH", os.defpath), "TMPDIR": str(work)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield Machine(port, console, process)
        finally:
            process.terminate()
            try:
                process.wait(_END_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


def _log(console: Path) -> Path:
    return console.with_name("qemu.log")


def _escaped(path: Path) -> str:
    """For QEMU's options, which end at a comma."""
    return str(path).replace(",", ",,")
