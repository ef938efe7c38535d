"""What every role promises: tasks that name the rules they implement, checked arguments, validated templates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from playbooks.action_plugins.differences import is_question

PLAYBOOKS = Path(__file__).resolve().parents[3] / "playbooks"
ROLES = sorted(path for path in (PLAYBOOKS / "roles").iterdir() if path.is_dir())
NAME = re.compile(r"(?P<rules>R[0-9]+(?: R[0-9]+)*|House) \| \S.*")
HIGHEST_RULE = 80
VALIDATED = {
    "sudoers.j2": "/usr/sbin/visudo -cf %s",
    "sshd_config.j2": "/usr/sbin/sshd -t -f %s",
    "nftables.conf.j2": "/usr/sbin/nft -c -f %s",
}


def tasks_of(role: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted((role / "tasks").glob("*.yml")):
        for task in yaml.safe_load(file.read_text(encoding="utf-8")):
            yield f"{role.name}/{file.name}", task


ALL_TASKS = [(where, task) for role in ROLES for where, task in tasks_of(role)]


@pytest.mark.parametrize(("where", "task"), ALL_TASKS, ids=[f"{where}: {task['name']}" for where, task in ALL_TASKS])
def test_a_task_names_its_rules_and_is_tagged_with_them(where: str, task: dict[str, Any]) -> None:
    named = NAME.fullmatch(task["name"])
    assert named, f"{where}: {task['name']!r} neither names rules of ANSSI-BP-028 nor says House"
    rules = named["rules"].split()
    assert task["tags"] == [rule if rule != "House" else "house" for rule in rules]
    assert all(rule == "House" or 1 <= int(rule[1:]) <= HIGHEST_RULE for rule in rules)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_role_checks_the_arguments_of_each_way_into_it(role: Path) -> None:
    specs = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]
    assert set(specs) == {file.stem for file in (role / "tasks").glob("*.yml")}
    defaults = role / "defaults" / "main.yml"
    if defaults.exists():
        declared = {name for spec in specs.values() for name in spec["options"]}
        assert set(yaml.safe_load(defaults.read_text(encoding="utf-8"))) <= declared


def test_what_locks_people_out_when_wrong_is_validated_first() -> None:
    templates = [task["ansible.builtin.template"] for _, task in ALL_TASKS if "ansible.builtin.template" in task]
    found = {template["src"]: template.get("validate") for template in templates if template["src"] in VALIDATED}
    assert found == VALIDATED


def test_files_say_whose_they_are_and_who_may_read_them() -> None:
    for where, task in ALL_TASKS:
        for module in ("ansible.builtin.template", "ansible.builtin.copy"):
            if module in task:
                missing = {"owner", "group", "mode"} - set(task[module])
                assert not missing, f"{where}: {task['name']!r} leaves {missing} to chance"


def test_the_delta_can_be_asked_about_in_one_round_trip() -> None:
    """A task of another kind would be run on every host, whether it has something to do or not."""
    for role in ROLES:
        tasks = [task for where, task in tasks_of(role) if where.endswith("/host.yml")]
        answers = [task["register"] for task in tasks if is_question(task)]
        for task in tasks:
            file = {"ansible.builtin.template", "ansible.builtin.copy"} & set(task)
            follows = any(answer in task.get("loop", "") for answer in answers)
            assert file or follows or is_question(task), task["name"]


def test_nothing_but_what_comes_with_ansible_or_from_here_is_used() -> None:
    known = {"name", "tags", "register", "when", "loop", "loop_control", "notify", "changed_when", "failed_when"}
    for where, task in ALL_TASKS:
        modules = [key for key in task if key not in known | {"check_mode"}]
        ours = {file.stem for file in (PLAYBOOKS / "action_plugins").glob("[a-z]*.py")}
        assert all(key.startswith("ansible.builtin.") or key in ours for key in modules), f"{where}: {modules}"


def test_every_role_with_a_delta_is_in_the_delta_and_every_role_in_the_image() -> None:
    harden = yaml.safe_load((PLAYBOOKS / "harden.yml").read_text(encoding="utf-8"))[0]
    image = yaml.safe_load((PLAYBOOKS / "image.yml").read_text(encoding="utf-8"))[0]
    asked, _, *applied = harden["tasks"]
    delta = [task["ansible.builtin.import_role"]["name"] for task in applied]
    assert set(delta) == {role.name for role in ROLES if (role / "tasks" / "host.yml").exists()}
    assert asked["differences"]["roles"] == delta
    assert [task["when"] for task in applied] == [f"'{name}' in found.roles" for name in delta]
    assert {role["role"] for role in image["roles"]} == {role.name for role in ROLES}
    assert image["roles"][-1]["role"] == "seal"
