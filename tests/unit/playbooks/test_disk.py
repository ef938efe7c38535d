"""The disk: partitions and options as ANSSI-BP-028 R28 asks, and the kernel's parameters in one place."""

from __future__ import annotations

from operations.hosts.disk import PARTITIONS, boot_parameters, fstab

ASKED = {"/", "/boot", "/opt", "/srv", "/home", "/usr", "/var", "/var/log", "/var/log/audit", "/var/tmp"}


def test_every_partition_of_the_guide_is_there_once_and_labelled_apart() -> None:
    assert {each.path for each in PARTITIONS} == ASKED
    assert len({each.label for each in PARTITIONS}) == len(PARTITIONS) == len(ASKED)
    assert all(len(each.label) <= 16 for each in PARTITIONS), "longer labels do not fit into ext4"


def test_mounts_come_after_what_they_are_mounted_in() -> None:
    mounted = [line.split()[1] for line in fstab().splitlines()]
    for path in ASKED - {"/"}:
        parent = max((other for other in ASKED if path != other and path.startswith(other)), key=len)
        assert mounted.index(parent) < mounted.index(path)


def test_only_the_system_itself_can_be_run() -> None:
    options = {line.split()[1]: line.split()[3].split(",") for line in fstab().splitlines() if line.startswith("LABEL")}
    assert {path for path, chosen in options.items() if "noexec" not in chosen} == {"/", "/usr", "/opt", "/srv"}
    assert {path for path, chosen in options.items() if "nodev" not in chosen} == {"/"}


def test_boot_parameters_are_the_roles() -> None:
    assert {"apparmor=1", "audit=1", "slab_nomerge=yes"} <= set(boot_parameters().split())
