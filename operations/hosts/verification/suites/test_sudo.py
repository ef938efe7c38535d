"""Who becomes root, and what is kept of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from operations.hosts.verification.subject import Subject, hold, rule

_FLAGS = ("noexec", "requiretty", "use_pty", "ignore_dot", "env_reset")


def _names(entries: list[dict[str, Any]]) -> list[str]:
    return [
        ("!" if each.get("negated") else "") + str(value)
        for each in entries
        for key, value in each.items()
        if key != "negated"
    ]


def _defaults(subject: Subject) -> dict[str, Any]:
    """Those for everybody."""
    every = (each for each in subject.facts["sudo"].get("Defaults", []) if "Binding" not in each)
    return {name: value for each in every for option in each["Options"] for name, value in option.items()}


@rule("R33", "R39")
def test_nobody_but_automation_has_rights(subject: Subject) -> None:
    account = subject.declared["account"]
    specifications = subject.facts["sudo"].get("User_Specs", [])
    assert specifications, "the sudoers file cannot be read, or gives rights to nobody"
    named = [name for each in specifications for name in _names(each["User_List"])]
    hold(f"sudo gives rights to {name}" for name in named if name != account)


@rule("R39")
def test_rights_are_written_in_one_file(subject: Subject) -> None:
    others = (path for path in subject.facts["modes"] if path.startswith("/etc/sudoers.d/"))
    hold(f"{path} may give rights" for path in others if not path.endswith("/README"))


@rule("R39")
@pytest.mark.parametrize("flag", _FLAGS)
def test_sudo_is_strict(subject: Subject, flag: str) -> None:
    assert _defaults(subject).get(flag) is True, f"sudoers lack Defaults {flag}"


@rule("R39")
def test_sudo_masks_what_it_makes(subject: Subject) -> None:
    found = _defaults(subject).get("umask", "unset")
    assert found in {"0027", "0077"}, f"sudo's umask is {found}"


@rule("R33")
def test_what_is_done_with_it_is_logged(subject: Subject) -> None:
    options = _defaults(subject)
    assert options.get("logfile") or options.get("syslog", True), "sudo logs nothing"
    assert options.get("log_allowed", True) is True, "sudo does not log what it allows"


@rule("R39")
def test_only_automation_is_spared_anything(subject: Subject) -> None:
    account = subject.declared["account"]
    bound = [each for each in subject.facts["sudo"].get("Defaults", []) if "Binding" in each]
    hold(
        f"sudoers make an exception for {name}" for each in bound for name in _names(each["Binding"]) if name != account
    )


def _commands(subject: Subject) -> Iterator[tuple[str, dict[str, Any]]]:
    for each in subject.facts["sudo"].get("User_Specs", []):
        for specification in each["Cmnd_Specs"]:
            yield ", ".join(_names(each["User_List"])), specification


@rule("R39")
def test_nobody_else_is_spared_a_password(subject: Subject) -> None:
    account = subject.declared["account"]
    free = [
        user
        for user, each in _commands(subject)
        if any(o.get("authenticate") is False for o in each.get("Options", []))
    ]
    hold(f"{user} needs no password for sudo" for user in free if user != account)


@rule("R42")
def test_no_rule_is_a_negation(subject: Subject) -> None:
    hold(
        f"sudo gives {user} all but {name[1:]}"
        for user, each in _commands(subject)
        for name in _names(each["Commands"])
        if name.startswith("!")
    )


@rule("R40", "R43")
def test_commands_of_others_name_users_and_arguments(subject: Subject) -> None:
    account = subject.declared["account"]
    hold(
        f"sudo lets {user} run {name}"
        for user, each in _commands(subject)
        for name in _names(each["Commands"])
        if user != account and (name == "ALL" or " " not in name)
    )


@rule("R38")
@pytest.mark.parametrize("program", ["/usr/bin/sudo", "/usr/bin/su"])
def test_only_one_group_may_run_what_makes_root(subject: Subject, program: str) -> None:
    found = subject.facts["modes"].get(program)
    if found is None:
        return
    assert found["owner"] == "root", f"{program} belongs to {found['owner']}"
    assert found["group"] != "root", f"{program} has no group of its own"
    assert int(found["mode"], 8) & 0o023 == 0, f"{program} has mode {found['mode']}: others may run or write it"
    members = subject.facts["groups"].get(found["group"], [])
    hold(f"{name} is in the group {found['group']}" for name in members if name != subject.declared["account"])
