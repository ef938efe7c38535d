"""The golden image as a disk for machines that boot by themselves: QEMU, or a template in a vCenter.

The same tree, plus a kernel and a boot loader, on the partitions ANSSI-BP-028 R28 asks for. Nothing is mounted from the
disk while it is made: file systems are filled as they are created.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from operations.console import Progress
from operations.engine.cache import require_space
from operations.engine.command import run_long
from operations.errors import MachineError
from operations.hosts.image_build import NAMESPACES
from operations.hosts.image_debian import ensure_tools
from operations.hosts.image_inputs import PLAYBOOKS
from operations.paths import CHECKOUT

TOOLS = {"debugfs": "e2fsprogs", "mke2fs": "e2fsprogs", "sfdisk": "fdisk"}
PACKAGES = ("grub-pc", "initramfs-tools", "linux-image-cloud-amd64", "open-vm-tools")
"""What a machine has beside a host's packages: kernel, boot loader, and what a vCenter tells it by and learns from."""
SPACE_GIB = 4.0
DISK = "disk.raw"
BILL = "sbom.cdx.json"
"""What is made, in the working directory."""
SECTOR = 512
MEBIBYTE = 2**20


@dataclass(frozen=True)
class Partition:
    """One file system of the disk."""

    path: str
    """Where it is mounted."""
    mebibytes: int
    options: str
    """Of the mount, as in fstab."""

    @property
    def label(self) -> str:
        """The file system's label, by which it is found. Example: `var-log`."""
        return self.path.strip("/").replace("/", "-") or "root"


HARDENED = "nodev,nosuid,noexec"
PARTITIONS = (
    Partition("/boot", 384, HARDENED),
    Partition("/", 1024, "errors=remount-ro"),
    Partition("/usr", 2048, "nodev"),
    Partition("/opt", 256, "nodev,nosuid"),
    Partition("/srv", 256, "nodev,nosuid"),
    Partition("/home", 256, HARDENED),
    Partition("/var", 1536, HARDENED),
    Partition("/var/log", 512, HARDENED),
    Partition("/var/log/audit", 256, HARDENED),
    Partition("/var/tmp", 256, HARDENED),  # noqa: S108 - a mount point
)
"""In the order of the table, after the boot loader's own partition."""


def build_disk(tree: Path, disk: Path, progress: Progress, bill: Path | None = None) -> None:
    """Write an image's tree to a new disk file (raw, sparse), and to `bill` the software on it (CycloneDX, JSON).

    Needs root, and Debian's servers for the kernel. Raises `MachineError`. The files appear whole or not at all.
    """
    if os.geteuid() != 0:
        raise MachineError("making a disk needs root: its files belong to root", "run metro as root")
    ensure_tools(progress, TOOLS)
    require_space(SPACE_GIB, "making a disk", disk.parent)
    work = disk.with_name(f".{disk.name}.making")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        finished = run_long(
            [*NAMESPACES, sys.executable, "-P", "-m", "operations.hosts.disk_make", str(tree), str(work)],
            cwd=CHECKOUT,
            environment={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"},
            progress=progress,
            describe=lambda line: line,
        )
        if finished.code != 0:
            raise MachineError(f"the disk could not be made:\n{finished.tail}", None)
        if bill is not None:
            (work / BILL).replace(bill)
        (work / DISK).replace(disk)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def fstab() -> str:
    """The table of mounts: every partition by its label, and memory for what is temporary or shared."""
    lines = [
        f"LABEL={each.label} {each.path} ext4 defaults,{each.options} 0 {1 if each.path == '/' else 2}"
        for each in sorted(PARTITIONS, key=lambda each: each.path)
    ]
    memory = [
        "devtmpfs /dev devtmpfs defaults,nosuid,noexec 0 0",
        "tmpfs /dev/shm tmpfs defaults,nodev,nosuid,noexec 0 0",
        "proc /proc proc defaults,hidepid=2,gid=adm 0 0",
    ]
    return "\n".join([*lines, *memory]) + "\n"


def boot_parameters() -> str:
    """The kernel's parameters, as the role `kernel` has them for every boot loader."""
    script = PLAYBOOKS / "roles/kernel/files/etc/default/grub.d/metropole.cfg"
    finished = subprocess.run(
        ["/bin/sh", "-c", f'. {script}; echo "$GRUB_CMDLINE_LINUX"'], capture_output=True, text=True, check=True
    )
    return finished.stdout.strip()
