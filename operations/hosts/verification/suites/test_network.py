"""What can come in: the running firewall and the sockets that listen, against the declared openings."""

from __future__ import annotations

import pytest

from operations.hosts.verification.ruleset import chains, closed, undeclared
from operations.hosts.verification.subject import Subject, hold, rule

rulesets = pytest.mark.parametrize("which", ["running", "stored"])
"""The rules that hold now, and those that hold from the next boot on."""
_LOOPBACK = ("127.", "[::1]", "::1")
_CLIENTS = {("udp", "68"), ("udp", "546")}
"""Where a host's own DHCP client listens."""


@rule("R78", "R80")
@rulesets
def test_the_firewall_lets_in_nothing_that_is_not_declared(subject: Subject, which: str) -> None:
    hold(undeclared(chains(subject.facts["nft"][which]), subject.declared["firewall_openings"]))


@rule("R78", "R79")
@rulesets
def test_the_firewall_lets_in_all_that_is_declared(subject: Subject, which: str) -> None:
    hold(closed(chains(subject.facts["nft"][which]), subject.declared["firewall_openings"]))


@rule("R80")
def test_nothing_listens_where_nothing_is_declared(subject: Subject) -> None:
    declared = {(each["protocol"], str(each["port"])) for each in subject.declared["firewall_openings"]} | _CLIENTS
    hold(
        f"{' '.join(each['programs']) or 'a program'} listens on {each['protocol']} {each['address']}:{each['port']}"
        for each in subject.facts["sockets"]
        if (each["protocol"], each["port"]) not in declared and not each["address"].startswith(_LOOPBACK)
    )


@rule("R79", "R80")
def test_ssh_answers(subject: Subject) -> None:
    listening = {each["port"] for each in subject.facts["sockets"] if "sshd" in each["programs"]}
    assert listening == {"22"}, f"sshd listens on {', '.join(sorted(listening)) or 'no port'}, expected 22"


@rule("R12", "R78")
def test_only_routers_are_to_hand_packets_on(subject: Subject) -> None:
    found = subject.facts["kernel_settings"]["configured"].get("net.ipv4.ip_forward")
    wanted = _forwards(subject)
    assert found == wanted, f"net.ipv4.ip_forward is configured {found}, expected {wanted}"
    forward = [chain for chain in chains(subject.facts["nft"]["running"]) if chain.hook == "forward"]
    if wanted == "0":
        assert forward, "no chain drops what is not for the host"
        hold(f"chain {chain.name} forwards" for chain in forward if chain.policy != "drop" or _accepts(chain.rules))


@rule("R12", "R78")
def test_only_routers_hand_packets_on(subject: Subject) -> None:
    settings = subject.facts["kernel_settings"]
    running, wanted = settings["running"].get("net.ipv4.ip_forward"), _forwards(subject)
    if running != wanted and "net.ipv4.ip_forward" in settings["fixed"]:
        subject.needs_own_kernel("whether packets are handed on: its settings are fixed")
    assert running == wanted, f"net.ipv4.ip_forward is {running}, expected {wanted}"


def _forwards(subject: Subject) -> str:
    return "1" if subject.declared["firewall_forwards"] else "0"


def _accepts(rules: tuple[object, ...]) -> bool:
    return "accept" in str(rules)
