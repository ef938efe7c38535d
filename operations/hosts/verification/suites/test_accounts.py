"""Accounts, their passwords, keys, sessions and masks."""

from __future__ import annotations

import re

import pytest

from operations.hosts.verification.subject import Subject, hold, rule

_NO_SHELL = ("/usr/sbin/nologin", "/sbin/nologin", "/bin/false", "/usr/bin/false")
_POWERFUL = ("adm", "disk", "docker", "kmem", "lxd", "root", "shadow", "sudo", "wheel")


@rule("R30")
def test_nobody_but_root_and_automation_has_a_shell(subject: Subject) -> None:
    known = {"root", subject.declared["account"]}
    shells = ((each["name"], each["shell"]) for each in subject.facts["accounts"])
    hold(f"{name} has the shell {shell}" for name, shell in shells if name not in known and shell not in _NO_SHELL)


@rule("R30")
def test_no_account_of_a_person_is_left(subject: Subject) -> None:
    found = (each["name"] for each in subject.facts["accounts"] if 1000 <= each["uid"] < 65534)
    hold(f"there is an account {name}" for name in found if name != subject.declared["account"])


@rule("R33")
def test_only_root_is_root(subject: Subject) -> None:
    hold(
        f"{each['name']} has the user id 0"
        for each in subject.facts["accounts"]
        if each["uid"] == 0 and each["name"] != "root"
    )


@rule("R34")
def test_accounts_of_services_are_locked(subject: Subject) -> None:
    hold(
        f"{each['name']} has a password ({each['password']})"
        for each in subject.facts["accounts"]
        if 0 < each["uid"] < 1000 and each["password"] != "locked"
    )


@rule("R31", "R68")
def test_no_password_is_missing_or_weakly_kept(subject: Subject) -> None:
    hold(
        f"the password of {each['name']} is {each['password']}"
        for each in subject.facts["accounts"]
        if each["password"] not in {"locked", "yescrypt"}
    )


@rule("R33")
def test_only_automation_has_keys_and_only_its_own(subject: Subject) -> None:
    known = subject.declared["keys"]
    for each in subject.facts["accounts"]:
        if each["name"] != subject.declared["account"]:
            hold(f"{each['name']} has the key {key}" for key in each["keys"])
        elif known is not None:
            hold(f"{each['name']} has the key {key}, which is nobody's" for key in each["keys"] if key not in known)


@rule("R30", "R50")
@pytest.mark.parametrize("group", _POWERFUL)
def test_nobody_is_in_a_group_as_good_as_root(subject: Subject, group: str) -> None:
    hold(f"{name} is in the group {group}" for name in subject.facts["groups"].get(group, []))


@rule("R31")
def test_passwords_are_long_and_mixed(subject: Subject) -> None:
    file = "/etc/security/pwquality.conf"
    found = {key: subject.value(file, key) for key in ("minlen", "minclass")}
    assert int(found["minlen"] or 0) >= 12, f"passwords need {found['minlen'] or 'no'} characters"
    assert int(found["minclass"] or 0) >= 3, f"passwords need {found['minclass'] or 'no'} classes of characters"
    assert "pam_pwquality.so" in subject.text("/etc/pam.d/common-password"), "PAM asks nothing of new passwords"


@rule("R31", "R67")
def test_guessing_locks_an_account(subject: Subject) -> None:
    lines = subject.text("/etc/pam.d/common-auth").splitlines()
    assert any("pam_faillock.so" in line and "preauth" in line for line in lines), "PAM counts no failures"
    assert any("pam_faillock.so" in line and "authfail" in line for line in lines), "PAM does not note failures"
    deny = subject.value("/etc/security/faillock.conf", "deny")
    assert 0 < int(deny or 0) <= 5, f"an account is locked after {deny or 'no number of'} failures"


@rule("R67")
def test_no_way_in_is_sufficient_by_itself(subject: Subject) -> None:
    lines = subject.text("/etc/pam.d/common-auth").splitlines()
    hold(
        f"common-auth has {line!r}" for line in lines if re.search(r"(sufficient|success=\S+)\s.*pam_permit\.so", line)
    )
    hold(f"common-auth has {line!r}" for line in lines if "nullok" in line)


@rule("R68")
def test_passwords_are_kept_by_a_slow_digest(subject: Subject) -> None:
    found = subject.value("/etc/login.defs", "ENCRYPT_METHOD")
    assert found.upper() == "YESCRYPT", f"login.defs has ENCRYPT_METHOD {found or 'unset'}"
    assert "yescrypt" in subject.text("/etc/pam.d/common-password"), "PAM keeps passwords otherwise"


@rule("R32")
def test_idle_sessions_end(subject: Subject) -> None:
    found = re.findall(r"\bTMOUT=(\d+)", subject.text("/etc/profile", "/etc/profile.d/", "/etc/bash.bashrc"))
    assert found, "no shell ends by itself"
    assert 0 < int(found[-1]) <= 900, f"shells end after {found[-1]} s"


@rule("R36")
def test_new_files_are_their_owners(subject: Subject) -> None:
    found = subject.value("/etc/login.defs", "UMASK")
    assert found in {"027", "077"}, f"login.defs has UMASK {found or 'unset'}"
    masks = re.findall(r"\bumask\s+(\d+)", subject.text("/etc/profile", "/etc/profile.d/", "/etc/bash.bashrc"))
    hold(f"a shell has the umask {mask}" for mask in masks if int(mask, 8) & 0o027 != 0o027)
    assert masks, "shells set no umask"
