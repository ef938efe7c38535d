"""Who gets in over ssh, how, and what they may do with it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from operations.hosts.verification.subject import Subject, hold, rule

_FILE = "/etc/ssh/sshd_config"
_MANY = frozenset({"acceptenv", "allowusers", "hostkey", "listenaddress", "permitopen", "subsystem"})
_EXPECTED = {
    "permitemptypasswords": "no",
    "kbdinteractiveauthentication": "no",
    "hostbasedauthentication": "no",
    "gssapiauthentication": "no",
    "kerberosauthentication": "no",
    "pubkeyauthentication": "yes",
    "ignorerhosts": "yes",
    "strictmodes": "yes",
    "usepam": "yes",
}
_NARROW = {
    "allowagentforwarding": "no",
    "allowstreamlocalforwarding": "no",
    "gatewayports": "no",
    "permittunnel": "no",
    "permituserenvironment": "no",
    "permituserrc": "no",
    "x11forwarding": "no",
    "addressfamily": "inet",
    "port": "22",
}
_WEAK = ("sha1", "cbc", "arcfour", "3des", "md5", "umac-64", "group1-", "group-exchange", "nistp", "dss")
_LISTS = ("ciphers", "macs", "kexalgorithms", "hostkeyalgorithms", "pubkeyacceptedalgorithms")


def _written(subject: Subject) -> list[tuple[str, str]]:
    """Keywords, in small letters, and what the configuration says of each, line by line."""
    lines = (re.split(r"[\s=]+", line, maxsplit=1) for line in subject.text(_FILE).splitlines())
    return [(words[0].lower(), words[1].strip('"') if len(words) > 1 else "") for words in lines]


def _differing(subject: Subject, expected: dict[str, str]) -> Iterator[str]:
    for name, wanted in expected.items():
        found = subject.facts["sshd"].get(name, ["unset"])
        if found != [wanted]:
            yield f"sshd has {name} {' '.join(found)}, expected {wanted}"
        # The first line counts for the server; another one counts as soon as that is gone.
        for value in (value for keyword, value in _written(subject) if keyword == name):
            if value.lower() != wanted.lower() and found == [wanted]:
                yield f"{_FILE} also says {name} {value}, expected {wanted}"


@rule("R33")
def test_root_does_not_log_in(subject: Subject) -> None:
    hold(_differing(subject, {"permitrootlogin": "no"}))


@rule("R79")
def test_nobody_logs_in_with_a_password(subject: Subject) -> None:
    hold(_differing(subject, {"passwordauthentication": "no", "authenticationmethods": "publickey"}))


@rule("R79")
@pytest.mark.parametrize("setting", _EXPECTED)
def test_identities_are_proven_by_keys(subject: Subject, setting: str) -> None:
    hold(_differing(subject, {setting: _EXPECTED[setting]}))


@rule("R80")
@pytest.mark.parametrize("setting", _NARROW)
def test_what_is_not_needed_is_off(subject: Subject, setting: str) -> None:
    hold(_differing(subject, {setting: _NARROW[setting]}))


@rule("R33", "R79")
def test_only_automation_gets_in_and_only_from_where_it_stands(subject: Subject) -> None:
    account = subject.declared["account"]
    wanted = {f"{account}@{source}" for source in subject.declared["ssh_sources"]}
    found = set(subject.facts["sshd"].get("allowusers", ["everybody"]))
    hold(
        [
            *(f"sshd lets in {each}, which is not declared" for each in sorted(found - wanted)),
            *(f"sshd does not let in {each}" for each in sorted(wanted - found)),
        ]
    )


@rule("R80")
def test_connections_are_handed_on_only_where_declared(subject: Subject) -> None:
    settings, wanted = subject.facts["sshd"], set(subject.declared["ssh_forward_to"])
    if not wanted:
        hold(_differing(subject, {"allowtcpforwarding": "no", "disableforwarding": "yes"}))
        return
    opened = {each for line in settings.get("permitopen", []) for each in line.split()}
    hold(
        [
            *_differing(subject, {"allowtcpforwarding": "local"}),
            *(f"sshd forwards to {each}, which is not declared" for each in sorted(opened - wanted)),
            *(f"sshd does not forward to {each}" for each in sorted(wanted - opened)),
        ]
    )


@rule("R79")
def test_one_file_says_it_all_to_everybody(subject: Subject) -> None:
    keywords = [keyword for keyword, _ in _written(subject)]
    hold(f"{_FILE} has {name} lines" for name in ("match", "include") if name in keywords)
    hold(
        f"{_FILE} says {name} {count} times"
        for name, count in Counter(keywords).items()
        if count > 1 and name not in _MANY
    )
    hold(f"{path} adds to sshd_config" for path in subject.facts["texts"] if path.startswith("/etc/ssh/sshd_config.d/"))


@rule("R79")
@pytest.mark.parametrize("kind", _LISTS)
def test_no_weak_algorithm_is_offered(subject: Subject, kind: str) -> None:
    offered = subject.facts["sshd"].get(kind, [""])[0].split(",")
    hold(f"sshd offers {name}" for name in offered if any(weak in name for weak in _WEAK))


@rule("R79")
def test_guessing_is_slow_and_sessions_end(subject: Subject) -> None:
    most = {"maxauthtries": 4, "logingracetime": 60, "clientaliveinterval": 600, "clientalivecountmax": 3}
    settings = subject.facts["sshd"]
    found = {name: int(settings.get(name, ["0"])[0]) for name in most}
    hold(
        f"sshd has {name} {found[name]}, expected 1 to {limit}"
        for name, limit in most.items()
        if not 0 < found[name] <= limit
    )


@rule("R71", "R79")
def test_logins_are_logged_and_warned_of(subject: Subject) -> None:
    settings = subject.facts["sshd"]
    level, banner = settings.get("loglevel", [""])[0], settings.get("banner", ["none"])[0]
    assert level in {"INFO", "VERBOSE"}, f"sshd logs at level {level}"
    assert subject.text(banner), f"the banner {banner} says nothing"
