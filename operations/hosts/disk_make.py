"""Makes a disk from a tree, inside the namespaces that `disk` made: its arguments are the tree and a working directory.

The tree stays as it is: kernel and boot loader go into a layer over it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import subprocess
import sys
from pathlib import Path

from operations.hosts.disk import (
    BILL,
    DISK,
    MEBIBYTE,
    PACKAGES,
    PARTITIONS,
    SECTOR,
    Partition,
    boot_parameters,
    fstab,
)
from operations.hosts.image_records import write_sbom

BIOS_BOOT = "21686148-6449-6E6F-744E-656564454649"
"""GPT's type of the partition that GRUB's second stage is in."""
GRUB_MODULES = ("biosdisk", "part_gpt", "ext2", "normal", "linux", "search", "search_label", "password_pbkdf2", "test")
GRUB_ROUNDS = 10_000
BIND = ("/dev", "/proc", "/sys")


def main() -> int:
    """Leave the disk and its bill of materials in the working directory."""
    tree, work = Path(sys.argv[1]), Path(sys.argv[2])
    root = _layer_over(tree, work)
    _install(root)
    _configure(root)
    write_sbom(root, work / BILL)
    _say("writing the disk")
    disk = work / DISK
    starts = _partition(disk)
    _boot_loader(root, disk, work)
    for partition in sorted(PARTITIONS, key=lambda each: -each.path.count("/") if each.path != "/" else 1):
        _fill(root, disk, partition, starts[partition.path])
    return 0


def _layer_over(tree: Path, work: Path) -> Path:
    for name in ("upper", "scratch", "root"):
        (work / name).mkdir()
    options = f"lowerdir={tree},upperdir={work / 'upper'},workdir={work / 'scratch'}"
    _run("mount", "-t", "overlay", "overlay", "-o", options, str(work / "root"))
    return work / "root"


def _install(root: Path) -> None:
    """Install what machines have beside hosts, starting nothing and asking the boot loader to write to no disk."""
    _say("installing kernel, boot loader and the hypervisor's tools")
    for path in BIND:
        _run("mount", "--rbind", path, f"{root}{path}")
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n", encoding="ascii")
    policy.chmod(0o755)
    resolver = root / "etc/resolv.conf"
    resolver.write_bytes(Path("/etc/resolv.conf").read_bytes())
    _run("chroot", str(root), "apt-get", "-qq", "update", limit_s=300)
    _run("chroot", str(root), "apt-get", "-qq", "install", "-y", "--no-install-recommends", *PACKAGES, limit_s=900)
    _run("chroot", str(root), "apt-get", "-qq", "clean")
    for path in reversed(BIND):
        _run("umount", "--recursive", "--lazy", f"{root}{path}")
    policy.unlink()
    resolver.unlink()
    for directory in ("var/lib/apt/lists", "var/log"):
        for path in (root / directory).rglob("*"):
            if path.is_file():
                path.unlink()
    (root / "etc/machine-id").write_bytes(b"")


def _configure(root: Path) -> None:
    (root / "etc/fstab").write_text(fstab(), encoding="ascii")
    parameters = boot_parameters()
    kernel = next((root / "boot").glob("vmlinuz-*")).name
    initrd = next((root / "boot").glob("initrd.img-*")).name
    defaults = root / "etc/default/grub"
    kept = [line for line in defaults.read_text(encoding="utf-8").splitlines() if "GRUB_CMDLINE_LINUX" not in line]
    lines = [*kept, f'GRUB_CMDLINE_LINUX="{parameters}"', 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"']
    defaults.write_text("\n".join(lines) + "\n", encoding="utf-8")
    configuration = root / "boot/grub/grub.cfg"
    configuration.parent.mkdir(exist_ok=True)
    configuration.write_text(
        "set timeout=0\n"
        'set superusers="metropole"\n'
        f"password_pbkdf2 metropole {_password_hash(secrets.token_urlsafe(32))}\n"
        'menuentry "Debian" --unrestricted {\n'
        "\tsearch --no-floppy --label --set=root boot\n"
        f"\tlinux /{kernel} root=LABEL=root ro {parameters} console=ttyS0 quiet\n"
        f"\tinitrd /{initrd}\n"
        "}\n",
        encoding="ascii",
    )
    for path in (root / "boot").rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)


def _password_hash(password: str) -> str:
    """Of a password nobody keeps: what the boot menu protects is changed in the image, not at a console."""
    salt = secrets.token_bytes(64)
    derived = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, GRUB_ROUNDS, 64)
    return f"grub.pbkdf2.sha512.{GRUB_ROUNDS}.{salt.hex().upper()}.{derived.hex().upper()}"


def _partition(disk: Path) -> dict[str, int]:
    """Write the partition table; the first byte of each file system by where it is mounted."""
    start, starts = 2, dict[str, int]()
    lines = ["label: gpt", f"start=1MiB, size=1MiB, type={BIOS_BOOT}"]
    for partition in PARTITIONS:
        lines.append(f"start={start}MiB, size={partition.mebibytes}MiB, type=L, name={partition.label}")
        starts[partition.path] = start * MEBIBYTE
        start += partition.mebibytes
    with disk.open("wb") as file:
        file.truncate((start + 1) * MEBIBYTE)
    subprocess.run(["sfdisk", "-q", str(disk)], input="\n".join(lines), text=True, check=True, timeout=60)  # noqa: S607
    return starts


def _boot_loader(root: Path, disk: Path, work: Path) -> None:
    """GRUB's first stage into the disk's first sector, its second into the partition made for it."""
    stages = root / "usr/lib/grub/i386-pc"
    core = work / "core.img"
    prefix = ("--prefix", f"(hd0,gpt{2 + [each.path for each in PARTITIONS].index('/boot')})/grub")
    _run("chroot", str(root), "grub-mkimage", "-O", "i386-pc", *prefix, "-o", "/core.img", *GRUB_MODULES)
    (root / "core.img").rename(root / "boot/core.img")
    core.write_bytes((root / "boot/core.img").read_bytes())
    (root / "boot/core.img").unlink()
    second = bytearray(core.read_bytes())
    at = MEBIBYTE // SECTOR
    second[0x1F4:0x1FC] = (at + 1).to_bytes(8, "little")  # where the rest of it is
    first = bytearray((stages / "boot.img").read_bytes())
    first[0x5C:0x64] = at.to_bytes(8, "little")
    with disk.open("r+b") as file:
        table = file.read(SECTOR)
        file.seek(0)
        file.write(bytes(first[:0x1B8]) + table[0x1B8:])
        file.seek(MEBIBYTE)
        file.write(second)


def _fill(root: Path, disk: Path, partition: Partition, start: int) -> None:
    """Make a file system of what the tree has under a path and no partition has taken yet, and empty it there."""
    source = root / partition.path.lstrip("/")
    size = f"{partition.mebibytes * 1024}k"
    offset = f"offset={start},nodiscard"
    _run("mke2fs", "-q", "-t", "ext4", "-F", "-L", partition.label, "-E", offset, "-d", str(source), str(disk), size)
    # mke2fs takes what is in the directory, and not whose it is and who may enter.
    owned = source.stat()
    for field, value in (("mode", f"0{owned.st_mode:o}"), ("uid", str(owned.st_uid)), ("gid", str(owned.st_gid))):
        _run("debugfs", "-w", "-R", f"set_inode_field <2> {field} {value}", f"{disk}?offset={start}")
    if partition.path != "/":
        _run("find", str(source), "-mindepth", "1", "-delete")


def _run(*argv: str, limit_s: float = 120) -> None:
    finished = subprocess.run(
        argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=limit_s
    )
    if finished.returncode != 0:
        sys.stdout.write(f"{' '.join(argv)}: {finished.stdout}{finished.stderr}\n")
        raise SystemExit(1)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())
