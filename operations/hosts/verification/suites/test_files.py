"""Rights on files, programs that give rights, and mounts."""

from __future__ import annotations

import pytest

from operations.hosts.verification.subject import Subject, hold, rule

_MOST = {
    "/etc/passwd": 0o644,
    "/etc/group": 0o644,
    "/etc/shadow": 0o640,
    "/etc/shadow-": 0o640,
    "/etc/gshadow": 0o640,
    "/etc/gshadow-": 0o640,
    "/etc/sudoers": 0o440,
    "/etc/sudoers.d": 0o750,
    "/etc/ssh": 0o755,
    "/etc/ssh/sshd_config": 0o600,
    "/etc/nftables.conf": 0o640,
    "/etc/audit": 0o750,
    "/etc/audit/rules.d": 0o750,
    "/etc/security": 0o755,
    "/root": 0o700,
    "/usr/src": 0o700,
    "/usr/lib/modules": 0o700,
    "/var/log/audit": 0o750,
    "/var/log/sudo.log": 0o640,
    "/var/lib/aide": 0o700,
}
"""Path to the rights it may have at most."""
_GROUPS = {"root", "shadow", "adm"}
_SPECIAL = {
    "/usr/bin/passwd": ("root", "root", "4755"),
    "/usr/bin/su": ("root", "", "4750"),
    "/usr/bin/sudo": ("root", "", "4110"),
    "/usr/lib/dbus-1.0/dbus-daemon-launch-helper": ("root", "messagebus", "4754"),
    "/usr/sbin/pam-tmpdir-helper": ("root", "root", "4755"),
    "/usr/sbin/unix_chkpwd": ("root", "shadow", "2755"),
}
"""The programs that may give rights: owner, group (any but root's where empty), rights at most."""


@pytest.mark.parametrize("path", [pytest.param(path, marks=rule("R50"), id=path) for path in _MOST])
def test_sensitive_files_are_their_owners(subject: Subject, path: str) -> None:
    found = subject.facts["modes"].get(path)
    if found is None:
        pytest.skip(f"there is no {path}")
    assert found["owner"] == "root", f"{path} belongs to {found['owner']}"
    assert found["group"] in _GROUPS, f"{path} belongs to the group {found['group']}"
    more = int(found["mode"], 8) & ~_MOST[path] & 0o7777
    assert not more, f"{path} has the mode {found['mode']}, expected {_MOST[path]:04o} at most"


@rule("R29")
def test_only_root_sees_how_the_host_boots(subject: Subject) -> None:
    found = subject.facts["modes"].get("/boot", {"mode": "none", "owner": "nobody"})
    assert (found["owner"], found["mode"]) == ("root", "0700"), f"/boot has {found['owner']} and mode {found['mode']}"


@rule("R50")
def test_host_keys_are_roots(subject: Subject) -> None:
    keys = {path: each for path, each in subject.facts["modes"].items() if path.startswith("/etc/ssh/ssh_host_")}
    private = {path: each for path, each in keys.items() if not path.endswith(".pub")}
    assert private, "there is no host key"
    hold(
        f"{path} belongs to {each['owner']} and has the mode {each['mode']}"
        for path, each in private.items()
        if each["owner"] != "root" or int(each["mode"], 8) & 0o077
    )


@rule("R50")
def test_homes_and_keys_are_their_owners(subject: Subject) -> None:
    hold(
        f"{path} has the mode {each['mode']}"
        for path, each in subject.facts["modes"].items()
        if path.startswith("/home/") and int(each["mode"], 8) & 0o077
    )


@rule("R50", "R73")
def test_records_are_not_for_everybody(subject: Subject) -> None:
    hold(
        f"{path} has the mode {each['mode']}"
        for path, each in subject.facts["modes"].items()
        if path.startswith("/var/log/audit/") and int(each["mode"], 8) & 0o037
    )


@rule("R53")
def test_every_file_has_an_owner(subject: Subject) -> None:
    hold(f"{each['path']} belongs to {each['owner']}:{each['group']}" for each in subject.facts["odd_files"]["orphan"])


@rule("R54")
def test_nothing_can_be_written_by_everybody(subject: Subject) -> None:
    hold(f"everybody may write {each['path']}" for each in subject.facts["odd_files"]["writable"])


@rule("R54")
@pytest.mark.parametrize("path", ["/tmp", "/var/tmp"])
def test_temporary_folders_are_sticky(subject: Subject, path: str) -> None:
    found = subject.facts["modes"].get(path, {"mode": "none", "owner": "nobody"})
    assert (found["owner"], found["mode"]) == ("root", "1777"), f"{path} has {found['owner']} and mode {found['mode']}"


@rule("R56", "R57")
def test_no_program_gives_rights_but_the_known(subject: Subject) -> None:
    problems: list[str] = []
    for each in subject.facts["odd_files"]["special"]:
        owner, group, mode = _SPECIAL.get(each["path"], ("", "", "0"))
        right = each["owner"] == owner and (each["group"] == group or (not group and each["group"] != "root"))
        if not right or int(each["mode"], 8) & ~int(mode, 8):
            problems.append(f"{each['path']} runs with rights: {each['owner']}:{each['group']} {each['mode']}")
    hold(problems)


@rule("R28")
@pytest.mark.parametrize(
    ("place", "options"),
    [
        ("/tmp", {"nodev", "nosuid", "noexec"}),
        ("/var", {"nodev", "nosuid"}),
        ("/var/log", {"nodev", "nosuid", "noexec"}),
        ("/var/log/audit", {"nodev", "nosuid", "noexec"}),
        ("/home", {"nodev", "nosuid"}),
        ("/dev/shm", {"nodev", "nosuid", "noexec"}),
    ],
)
def test_places_are_mounted_apart(subject: Subject, place: str, options: set[str]) -> None:
    subject.needs_own_kernel("how its disk is mounted: it has none")
    lines = (line.split() for line in subject.facts["texts"]["/proc/self/mounts"].splitlines())
    found = {words[1]: set(words[3].split(",")) for words in lines}
    assert place in found, f"{place} is not mounted apart"
    assert options <= found[place], f"{place} is mounted without {', '.join(sorted(options - found[place]))}"
