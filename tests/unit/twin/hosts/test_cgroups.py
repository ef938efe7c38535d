"""Control groups that a dead hypervisor left: ours alone, and none that lives."""

from __future__ import annotations

from pathlib import Path

from twin.hosts.cgroups import PREFIX, cgroup_name, remove_dead_cgroups


def test_two_directories_have_two_groups(tmp_path: Path) -> None:
    names = {cgroup_name(tmp_path / "a"), cgroup_name(tmp_path / "b")}
    assert len(names) == 2
    assert all(name.startswith(f"/{PREFIX}") for name in names)


def test_only_ours_are_removed_and_only_when_the_kernel_lets_them_go(tmp_path: Path) -> None:
    dead, alive, foreign = (tmp_path / "cpu" / name for name in (f"{PREFIX}dead", f"{PREFIX}alive", "libpod_parent"))
    for place in (dead / "guest-1" / "init.scope", alive / "guest-2", foreign / "x"):
        place.mkdir(parents=True)
    # A directory with a file in it cannot be removed either: it stands for a group with a process.
    (alive / "guest-2" / "cgroup.procs").write_text("1\n")
    assert remove_dead_cgroups(tmp_path) == (dead.name,)
    assert not dead.exists()
    assert (alive / "guest-2").exists()
    assert (foreign / "x").exists()
