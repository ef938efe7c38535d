"""Logs, audit, time and seals."""

from __future__ import annotations

import re

import pytest

from operations.hosts.verification.subject import Subject, hold, rule

_WATCHED = (
    "/etc/passwd",
    "/etc/shadow",
    "/etc/group",
    "/etc/gshadow",
    "/etc/sudoers",
    "/etc/sudoers.d/",
    "/etc/ssh/sshd_config",
    "/etc/nftables.conf",
    "/etc/localtime",
)
_CALLS = ("init_module", "finit_module", "delete_module", "mount", "umount2", "chmod", "chown", "unlink", "openat")
_CLOCK = ("adjtimex", "settimeofday", "clock_settime")


def _rules(subject: Subject) -> list[str]:
    return subject.text("/etc/audit/rules.d/").splitlines()


@rule("R73")
@pytest.mark.parametrize("path", _WATCHED)
def test_changes_of_what_protects_are_recorded(subject: Subject, path: str) -> None:
    watched = (line.split() for line in _rules(subject) if line.startswith("-w "))
    assert any(words[1].rstrip("/") == path.rstrip("/") and "w" in words[3] for words in watched), (
        f"{path} is not watched"
    )


@rule("R73")
@pytest.mark.parametrize("call", [*_CALLS, *_CLOCK])
def test_calls_that_change_the_system_are_recorded(subject: Subject, call: str) -> None:
    lines = (line for line in _rules(subject) if "arch=b64" in line)
    named = {name for line in lines for names in re.findall(r"-S\s+(\S+)", line) for name in names.split(",")}
    assert call in named, f"{call} is not recorded"


@rule("R73")
def test_rules_cannot_be_changed_without_a_boot(subject: Subject) -> None:
    files = sorted(path for path in subject.facts["texts"] if path.startswith("/etc/audit/rules.d/"))
    assert files, "there are no audit rules"
    assert subject.text(files[-1]).splitlines()[-1:] == ["-e 2"], "the last audit rule is not -e 2"


@rule("R73")
def test_programs_that_give_rights_are_recorded(subject: Subject) -> None:
    watched = {path for line in _rules(subject) for path in re.findall(r"-F path=(\S+)", line)}
    hold(
        f"the use of {each['path']} is not recorded"
        for each in subject.facts["odd_files"]["special"]
        if each["path"] not in watched
    )


@rule("R73")
def test_the_kernel_records_by_these_rules(subject: Subject) -> None:
    subject.needs_own_kernel("what the kernel records: audit is the machine's")
    assert "audit=1" in subject.facts["texts"]["/proc/cmdline"].split(), "the kernel was started without audit=1"


@rule("R71")
def test_the_journal_is_kept_sealed_and_bounded(subject: Subject) -> None:
    file = "/etc/systemd/journald.conf"
    assert subject.value(file, "Storage") == "persistent", "the journal is lost with each boot"
    assert subject.facts["journal_kept"], "there is no /var/log/journal"
    assert subject.value(file, "Seal").lower() in {"", "yes"}, "the journal is not sealed"
    assert subject.value(file, "SystemMaxUse"), "the journal may fill the disk"


@rule("R71")
def test_journals_are_sent_to_every_receiver(subject: Subject) -> None:
    receivers = [each["address"] for each in subject.declared["journal_receivers"]]
    if not receivers:
        pytest.skip("no receiver is declared for this host")
    if not subject.declared["certified"]:
        pytest.skip("there is no authority for certificates: journals stay on the host")
    found = subject.facts["journal_uploads"]
    states = {name: found.get(f"metropole-journal-upload@{name}.service", "missing") for name in receivers}
    hold(f"no journal is sent to {name}" for name, state in states.items() if state not in {"active", "activating"})
    missing = [name for name in receivers if name not in subject.facts["journal_sent"]]
    if missing:
        pytest.skip(f"{', '.join(missing)} has taken nothing yet: it is sent what it misses once it can be reached")


@rule("R71", roles=["bastion"])
def test_journals_are_received_over_tls(subject: Subject) -> None:
    if not subject.declared["certified"]:
        pytest.skip("there is no authority for certificates: journals stay on the host")
    file = "/etc/systemd/journal-remote.conf"
    assert "systemd-journal-remote.socket" in subject.facts["running"], "no journal is received"
    for key in ("ServerKeyFile", "ServerCertificateFile"):
        assert subject.value(file, key).startswith("/etc/metropole/journal/"), f"{key} is not set"


@rule("R71")
def test_time_comes_from_the_declared_servers_alone(subject: Subject) -> None:
    lines = subject.text("/etc/chrony/chrony.conf", "/etc/chrony/conf.d/", "/etc/chrony/sources.d/").splitlines()
    words = [line.split() for line in lines]
    found = {each[1] for each in words if each[0] in {"server", "pool", "peer"} and len(each) > 1}
    wanted = set(subject.declared["time_servers"])
    hold(
        [
            *(f"time also comes from {each}" for each in sorted(found - wanted)),
            *(f"time does not come from {each}" for each in sorted(wanted - found)),
        ]
    )


@rule("R71")
def test_nobody_is_given_the_time(subject: Subject) -> None:
    hold(
        f"chrony has {line!r}"
        for line in subject.text("/etc/chrony/chrony.conf", "/etc/chrony/conf.d/").splitlines()
        if line.split()[0] in {"allow", "local"}
    )


@rule("R76", "R77")
def test_files_are_sealed_and_the_seals_roots(subject: Subject) -> None:
    found = subject.facts["modes"].get("/var/lib/aide/aide.db")
    assert found, "no file is sealed"
    assert found["owner"] == "root", f"the seals belong to {found['owner']}"
    assert not int(found["mode"], 8) & 0o077, f"the seals have the mode {found['mode']}"
