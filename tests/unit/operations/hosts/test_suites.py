"""The suites on facts recorded from hardened hosts: nothing to say of these, and each hand edit named with its rule."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from operations.errors import MetroError
from operations.hosts.verification.subject import Subject
from operations.hosts.verification.suite_run import FACTS, JUNIT, SUITES, Outcome, TestResult, run_suites
from policies.controls.loader import all_frameworks

RECORDED = Path(__file__).parent / "recorded"
HOSTS = {file.stem: Subject(**json.loads(file.read_text())) for file in sorted(RECORDED.glob("*.json"))}
Facts = dict[str, Any]


def said_in_sshd_config(line: str, *, first: bool) -> Callable[[Facts], None]:
    """A line of sshd's configuration, where it counts or below the one that does."""

    def edit(facts: Facts) -> None:
        text = facts["texts"]["/etc/ssh/sshd_config"]
        facts["texts"]["/etc/ssh/sshd_config"] = f"{line}\n{text}" if first else f"{text}{line}\n"
        name, value = line.lower().split(maxsplit=1)
        if first:
            facts["sshd"][name] = [value]

    return edit


def sudoer(facts: Facts) -> None:
    rights = deepcopy(facts["sudo"]["User_Specs"][0])
    rights["User_List"] = [{"username": "eve"}]
    facts["sudo"]["User_Specs"].append(rights)


def sudoers_file(facts: Facts) -> None:
    sudoer(facts)
    facts["modes"]["/etc/sudoers.d/eve"] = facts["modes"]["/etc/sudoers"]


def auditd_stopped(facts: Facts) -> None:
    facts["units"]["auditd.service"]["ActiveState"] = "inactive"


def firewall_rule(which: str, *conditions: Mapping[str, Any], verdict: str = "accept") -> Callable[[Facts], None]:
    def edit(facts: Facts) -> None:
        rule = {"family": "inet", "table": "metropole", "chain": "inbound", "handle": 99}
        facts["nft"][which].append({"rule": {**rule, "expr": [*conditions, {verdict: None}]}})

    return edit


def match(protocol: str, field: str, value: object) -> dict[str, Any]:
    return {"match": {"op": "==", "left": {"payload": {"protocol": protocol, "field": field}}, "right": value}}


def flushed(facts: Facts) -> None:
    facts["nft"]["running"] = []


def listener(facts: Facts) -> None:
    facts["sockets"].append({"protocol": "tcp", "address": "0.0.0.0", "port": "8080", "programs": ["python3"]})


def account(**changes: Any) -> Callable[[Facts], None]:
    def edit(facts: Facts) -> None:
        daemon = next(each for each in facts["accounts"] if each["name"] == "daemon")
        daemon.update(changes)

    return edit


def mode(path: str, value: str) -> Callable[[Facts], None]:
    def edit(facts: Facts) -> None:
        facts["modes"][path]["mode"] = value

    return edit


def setting(name: str, value: str) -> Callable[[Facts], None]:
    def edit(facts: Facts) -> None:
        facts["kernel_settings"]["configured"][name] = value

    return edit


def special(facts: Facts) -> None:
    facts["odd_files"]["special"].append(
        {"path": "/usr/local/bin/shell", "owner": "root", "group": "root", "mode": "4755"}
    )


def time_server(facts: Facts) -> None:
    facts["texts"]["/etc/chrony/conf.d/own.conf"] = "server 192.0.2.1\n"


def installed(facts: Facts) -> None:
    facts["packages"] += "ii \ttelnetd\t1\n"


def trusted(facts: Facts) -> None:
    facts["texts"]["/etc/apt/sources.list.d/own.list"] = "deb [trusted=yes] http://192.0.2.1/ ./\n"


ANYBODY = match("tcp", "dport", 8080)
SSH = match("tcp", "dport", 22)
EDITS: dict[str, tuple[Callable[[Facts], None], set[str], str]] = {
    "root-by-ssh": (said_in_sshd_config("PermitRootLogin yes", first=True), {"R33"}, "permitrootlogin yes"),
    "root-by-ssh-below": (
        said_in_sshd_config("PermitRootLogin yes", first=False),
        {"R33"},
        "also says permitrootlogin",
    ),
    "passwords": (said_in_sshd_config("PasswordAuthentication yes", first=True), {"R79"}, "passwordauthentication yes"),
    "match-block": (said_in_sshd_config("Match User eve", first=False), {"R79"}, "match lines"),
    "sudoer": (sudoer, {"R33", "R39"}, "rights to eve"),
    "sudoers-file": (sudoers_file, {"R33", "R39"}, "/etc/sudoers.d/eve"),
    "auditd": (auditd_stopped, {"R73"}, "auditd.service is inactive"),
    "port": (firewall_rule("running", ANYBODY), {"R80"}, "tcp dport 8080"),
    "port-at-next-boot": (firewall_rule("stored", ANYBODY), {"R80"}, "tcp dport 8080"),
    "ssh-from-anywhere": (firewall_rule("running", SSH), {"R80"}, "tcp dport 22"),
    "ssh-from-more": (
        firewall_rule("running", SSH, match("ip", "saddr", {"prefix": {"addr": "10.0.0.0", "len": 8}})),
        {"R80"},
        "10.0.0.0/8",
    ),
    "everything": (firewall_rule("running"), {"R80"}, "lets in everything"),
    "elsewhere": (firewall_rule("running", ANYBODY, verdict="queue"), {"R80"}, "queue"),
    "no-firewall": (flushed, {"R80", "R79"}, "no chain drops"),
    "listener": (listener, {"R80"}, "python3 listens on tcp 0.0.0.0:8080"),
    "shell": (account(shell="/bin/bash"), {"R30"}, "daemon has the shell"),
    "second-root": (account(uid=0), {"R33"}, "daemon has the user id 0"),
    "empty-password": (account(password="none"), {"R31", "R34"}, "password of daemon is none"),
    "key": (account(keys=["SHA256:eve"]), {"R33"}, "daemon has the key"),
    "readable-shadow": (mode("/etc/shadow", "0644"), {"R50"}, "/etc/shadow has the mode 0644"),
    "host-key": (mode("/etc/ssh/ssh_host_rsa_key", "0644"), {"R50"}, "ssh_host_rsa_key"),
    "boot": (mode("/boot", "0755"), {"R29"}, "/boot"),
    "temporary": (mode("/tmp", "0777"), {"R54"}, "/tmp"),
    "pointers": (setting("kernel.kptr_restrict", "0"), {"R9"}, "kptr_restrict is configured 0"),
    "redirects": (setting("net.ipv4.conf.all.accept_redirects", "1"), {"R12"}, "accept_redirects"),
    "ipv6": (setting("net.ipv6.conf.all.disable_ipv6", "0"), {"R13"}, "disable_ipv6"),
    "links": (setting("fs.protected_symlinks", "0"), {"R14"}, "protected_symlinks"),
    "forwarding": (setting("net.ipv4.ip_forward", "1"), {"R12", "R78"}, "ip_forward"),
    "special": (special, {"R56", "R57"}, "/usr/local/bin/shell"),
    "time-server": (time_server, {"R71"}, "192.0.2.1"),
    "telnet": (installed, {"R58"}, "telnetd is installed"),
    "unsigned": (trusted, {"R59"}, "without a signature"),
}


def edited(name: str) -> Subject:
    """The bastion after one edit."""
    facts = cast("Facts", deepcopy(HOSTS["lac-bastion"].facts))
    EDITS[name][0](facts)
    return replace(HOSTS["lac-bastion"], name=name, facts=facts)


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("evidence")


@pytest.fixture(scope="module")
def results(evidence: Path) -> tuple[TestResult, ...]:
    """Of all recorded hosts and all edits, in one run."""
    return run_suites([*HOSTS.values(), *(edited(name) for name in EDITS)], evidence)


@pytest.mark.parametrize("name", HOSTS)
def test_there_is_nothing_to_say_of_a_hardened_host(results: tuple[TestResult, ...], name: str) -> None:
    of_host = [each for each in results if each.host == name]
    assert len(of_host) > 150
    assert [each for each in of_host if each.outcome is Outcome.FAILED] == []


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_by_hand_is_named_with_its_rule(results: tuple[TestResult, ...], name: str) -> None:
    _, rules, text = EDITS[name]
    failures = [each for each in results if each.host == name and each.outcome is Outcome.FAILED]
    assert rules <= {rule for each in failures for rule in each.rules}
    assert any(text in each.message for each in failures), failures


def test_what_a_container_cannot_show_is_skipped_with_the_reason(results: tuple[TestResult, ...]) -> None:
    skipped = [each for each in results if each.host == "lac-bastion" and each.outcome is Outcome.SKIPPED]
    assert sum(each.message.startswith("a container cannot show") for each in skipped) >= 20
    assert all(each.message for each in skipped)


def test_every_test_carries_a_rule(results: tuple[TestResult, ...]) -> None:
    assert {each.test for each in results if not each.rules} == set()


def test_the_controls_point_at_what_hosts_are_asked_for(results: tuple[TestResult, ...]) -> None:
    asked = {rule for each in results for rule in each.rules}
    pointed = {
        each.id: {control.number: set(control.on_hosts) for control in each.controls} for each in all_frameworks()
    }
    assert pointed.pop("anssi-bp-028") == {f"R{n}": {f"R{n}"} & asked for n in range(1, 81)}
    assert {rule for controls in pointed.values() for rules in controls.values() for rule in rules} <= asked


def test_only_enhanced_hosts_are_asked_for_what_only_they_need(results: tuple[TestResult, ...]) -> None:
    asked = {each.host for each in results if each.test == "test_kernel::test_no_module_is_loaded_after_the_boot"}
    assert "lac-bastion" in asked
    assert "lac-router-2" not in asked


def test_evidence_is_kept_for_its_owner(results: tuple[TestResult, ...], evidence: Path) -> None:
    assert (evidence / JUNIT).read_text().count("<testcase") == len(results)
    assert (evidence / FACTS).stat().st_mode & 0o077 == 0


def test_broken_suites_are_no_verdict(tmp_path: Path) -> None:
    shutil.copy(SUITES / "conftest.py", tmp_path)
    (tmp_path / "test_own.py").write_text("import nothing_like_it\n")
    (tmp_path / "evidence").mkdir()
    with pytest.raises(MetroError, match="cannot be run"):
        run_suites(HOSTS.values(), tmp_path / "evidence", suites=tmp_path)
