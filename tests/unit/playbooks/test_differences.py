"""One question about all roles finds what each of them would have found, and nothing else. Ansible is the real one."""

from __future__ import annotations

import grp
import json
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from playbooks.digest import PLAYBOOKS

PLAYBOOK = """\
---
- name: Ask
  hosts: all
  gather_facts: false
  tasks:
    - name: Ask
      differences: {roles: [files, services]}
      check_mode: false
      register: found
    - name: Say
      ansible.builtin.debug:
        msg: "FOUND {{ found.roles | join(' ') }}."
    - name: Apply
      ansible.builtin.import_role: {name: files, tasks_from: host, rolespec_validate: false}
      when: "'files' in found.roles"
"""
FILES = """\
---
- name: A template
  ansible.builtin.template: {src: a.j2, dest: "{{ folder }}/a b", owner: "{{ me }}", group: "{{ us }}", mode: "0640"}
- name: A copy
  ansible.builtin.copy: {src: b, dest: "{{ folder }}/b", owner: "{{ me }}", group: "{{ us }}", mode: "0600"}
- name: Not here
  ansible.builtin.copy: {src: gone, dest: /nowhere, owner: root, group: root, mode: "0600"}
  when: not here | default(true)
- name: One a friend
  ansible.builtin.template:
    {src: c.j2, dest: "{{ folder }}/{{ item }}", owner: "{{ me }}", group: "{{ us }}", mode: "0600"}
  loop: "{{ friends }}"
"""
SERVICES = """\
---
- name: Stopped ones
  ansible.builtin.command:
    argv: "{{ ['/bin/sh', '-s'] + stopped }}"
    stdin: "{{ lookup('ansible.builtin.file', 'question') }}"
  register: services_stopped
  changed_when: false
  check_mode: false
- name: They run
  ansible.builtin.command: "true"
  loop: "{{ services_stopped.stdout_lines }}"
"""
SPECS = """\
---
argument_specs:
  host:
    options:
      friends: {type: list, elements: str, required: true}
"""


class Ground:
    """A folder with the playbook, its roles, and the files of the one host there is: this one."""

    def __init__(self, directory: Path) -> None:
        self.playbooks = directory / "playbooks"
        self.host = directory / "it's a host"
        self.home = directory / "home"
        self.host.mkdir()
        roles = self.playbooks / "roles"
        self.services = roles / "services" / "tasks" / "host.yml"
        texts = {
            self.playbooks / "play.yml": PLAYBOOK,
            roles / "files" / "tasks" / "host.yml": FILES,
            roles
            / "files"
            / "templates"
            / "a.j2": "{% for friend in friends %}\n{{ friend }}: 'quoted' $HOME `x`\n{% endfor %}\nend\n\n",
            roles / "files" / "templates" / "c.j2": "{{ item }} {{ friends | length }}",
            roles / "files" / "files" / "b": "é {{ no template }}\n",
            roles / "files" / "meta" / "argument_specs.yml": SPECS,
            roles / "services" / "files" / "question": 'for each; do echo "$each"; done  # prints $each\n',
            roles / "services" / "meta" / "argument_specs.yml": "argument_specs: {host: {options: {}}}\n",
            self.services: SERVICES,
        }
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        shutil.copytree(PLAYBOOKS / "action_plugins", self.playbooks / "action_plugins")

    def ask(self, *options: str, **variables: Any) -> str:
        """What Ansible says."""
        names = {"me": pwd.getpwuid(os.getuid()).pw_name, "us": grp.getgrgid(os.getgid()).gr_name}
        told = {"folder": str(self.host), "friends": ["pessac", "le haillan"], "stopped": [], **names, **variables}
        told |= {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        inventory = self.playbooks / "inventory.json"
        inventory.write_text(json.dumps({"all": {"hosts": {"here": told}}}), encoding="utf-8")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "METROPOLE_"))}
        done = subprocess.run(
            [Path(sys.executable).parent / "ansible-playbook", "-i", inventory, "play.yml", *options],
            cwd=self.playbooks,
            env={**kept, "ANSIBLE_HOME": str(self.home), "LC_ALL": "C.UTF-8", "ANSIBLE_NOCOLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return done.stdout + done.stderr


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path)


def test_what_was_applied_does_not_differ_and_each_kind_of_edit_does(ground: Ground) -> None:
    assert "FOUND files." in ground.ask()
    assert (ground.host / "a b").read_text() == "pessac: 'quoted' $HOME `x`\nle haillan: 'quoted' $HOME `x`\nend\n\n"
    assert "FOUND ." in ground.ask("--check")
    (ground.host / "b").chmod(0o644)
    assert "FOUND files." in ground.ask("--check")
    (ground.host / "b").chmod(0o600)
    (ground.host / "le haillan").write_text("another")
    assert "FOUND files." in ground.ask()
    assert "FOUND ." in ground.ask()
    (ground.host / "real").write_bytes((ground.host / "b").read_bytes())
    (ground.host / "real").chmod(0o600)
    (ground.host / "b").unlink()
    (ground.host / "b").symlink_to("real")
    assert "FOUND files." in ground.ask("--check")


def test_a_variable_that_changed_is_a_difference_and_what_a_question_prints_too(ground: Ground) -> None:
    ground.ask()
    assert "FOUND files services." in ground.ask("--check", friends=["pessac"], stopped=["audit'd"])


def test_a_question_that_fails_and_a_task_that_cannot_be_asked_about_are_left_to_the_role(ground: Ground) -> None:
    ground.ask()
    ground.services.write_text(SERVICES.replace("'/bin/sh', '-s'", "'/bin/false'"), encoding="utf-8")
    assert "FOUND services." in ground.ask("--check")
    ground.services.write_text("---\n- name: Do\n  ansible.builtin.file: {path: /x, state: absent}\n", encoding="utf-8")
    assert "FOUND services." in ground.ask("--check")


def test_wrong_arguments_are_told_by_role(ground: Ground) -> None:
    said = " ".join(ground.ask(friends={"a": "b"}).split())
    assert "files: argument 'friends' is of type dict" in said
    assert "FOUND" not in said
