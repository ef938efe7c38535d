"""Hosts that are folders, an `ssh` that goes nowhere, and a playbook of a few lines: Ansible itself is real."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from providers.hosts.baseline import Baseline
from providers.hosts.worker_run import PYTHON
from providers.logic import Properties
from providers.values import property_value

DIGEST = "0" * 64

ANSIBLE_CFG = """\
[defaults]
gathering = explicit

[connection]
pipelining = true
"""

PLAYBOOK = """\
---
- name: Harden
  hosts: all
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
    folder: "%(hosts)s/{{ inventory_hostname }}"
  roles:
    - role: toy
"""

TASKS = """\
---
- name: R28 | Say the level
  ansible.builtin.copy:
    dest: "{{ folder }}/level"
    content: "{{ host_level }}\\n"
    mode: "0600"
  notify: Restart

- name: R30 | Keep a secret
  ansible.builtin.copy:
    dest: "{{ folder }}/secret"
    content: "hunter2\\n"
    mode: "0600"
  no_log: true

- name: R33 | Fail where told
  ansible.builtin.command:
    cmd: test ! -e {{ folder }}/broken
  changed_when: false
  check_mode: false

- name: R34 | Hang where told
  ansible.builtin.command:
    cmd: sleep {{ (folder is exists) | ternary(lookup('file', folder ~ '/hang', errors='ignore') or '0', '0') }}
  changed_when: false
  check_mode: false
"""

HANDLERS = """\
---
- name: Restart
  ansible.builtin.command: "true"
  changed_when: true
"""

SSH = """\
#!/bin/sh
# ssh without a network: runs the command here, unless the host is to be down. Workers name no configuration.
ground=$(dirname "$(dirname "$0")")
connections=connections-of-workers
while getopts F:o:O:S:l:p:CvqntTN option; do
  case $option in
    F) connections=connections ;;
    O) exit 0 ;;
  esac
done
shift $((OPTIND - 1))
host=$1
shift
echo "$host" >> "$ground/$connections"
if ! [ -d "$ground/hosts/$host" ]; then
  echo "ssh: connect to host $host port 22: No route to host" >&2
  exit 255
fi
exec sh -c "$(echo "$*" | sed "s#^%(python)s#$ground/hosts/$host/python#")"
"""

WORKER = """\
#!/bin/sh
echo $$ > "$(dirname "$0")/pid"
export XDG_RUNTIME_DIR=$(dirname "$0")
exec %(python)s "$@"
"""


class Ground:
    """A directory with all of it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.hosts = directory / "hosts"
        self.playbooks = directory / "playbooks"
        self.evidence = directory / "evidence"
        self.ssh_config = directory / "ssh_config"
        self.programs = directory / "bin"
        files = {
            self.playbooks / "ansible.cfg": ANSIBLE_CFG,
            self.playbooks / "harden.yml": PLAYBOOK % {"hosts": self.hosts},
            self.playbooks / "roles" / "toy" / "tasks" / "main.yml": TASKS,
            self.playbooks / "roles" / "toy" / "handlers" / "main.yml": HANDLERS,
            self.ssh_config: "",
            self.programs / "ssh": SSH % {"python": PYTHON},
        }
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        (self.programs / "ssh").chmod(0o755)
        self.hosts.mkdir()

    def host(self, name: str) -> Path:
        """Bring a host up."""
        folder = self.hosts / name
        folder.mkdir(exist_ok=True)
        return folder

    def worker(self, name: str, program: str = WORKER % {"python": sys.executable}) -> Path:
        """Bring a host up that runs Ansible for others, or something else instead."""
        folder = self.host(name)
        (folder / "python").write_text(program, encoding="utf-8")
        (folder / "python").chmod(0o755)
        return folder

    def connections(self, *, of_workers: bool = False) -> set[str]:
        """The hosts that were reached from here, or from workers."""
        kept = self.directory / ("connections-of-workers" if of_workers else "connections")
        return set(kept.read_text(encoding="utf-8").split()) if kept.exists() else set()

    @property
    def config(self) -> dict[str, str]:
        """The provider's configuration."""
        return {"sshConfig": str(self.ssh_config), "evidenceDirectory": str(self.evidence), "bootSeconds": "1"}


def plain_inputs(host: str = "lac-bastion", **changes: Any) -> dict[str, Any]:
    """What a program declares."""
    return {
        "host": host,
        "machineId": "4221-aa",
        "role": "bastion",
        "level": "enhanced",
        "groups": ["role_bastion", "level_enhanced"],
        "variables": json.dumps({"host_level": "enhanced", "ssh_sources": ["10.1.0.3/32"]}),
        "playbookDigest": DIGEST,
        **changes,
    }


def inputs(host: str = "lac-bastion", **changes: Any) -> Properties:
    """The same, as the engine says it."""
    return {name: property_value(value) for name, value in plain_inputs(host, **changes).items()}


def baseline(host: str = "lac-bastion", **changes: Any) -> Baseline:
    """The same, checked."""
    return Baseline.of(inputs(host, **changes))


def sleeping(seconds: str) -> list[int]:
    """Processes whose last argument is this: a number that nobody else sleeps for."""
    return [
        process.pid for process in psutil.process_iter(["cmdline"]) if (process.info["cmdline"] or [""])[-1] == seconds
    ]


def until(true: Callable[[], bool]) -> None:
    """Wait for something to be so, half a minute at most."""
    deadline = time.monotonic() + 30
    while not true() and time.monotonic() < deadline:
        time.sleep(0.1)


def assert_ended(seconds: str) -> None:
    """Those that sleep so long are gone, or are being killed: what runs elsewhere hears of an end later."""
    until(lambda: not sleeping(seconds))
    assert sleeping(seconds) == []
