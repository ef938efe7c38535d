"""Asks a host all at once what each role would ask it task by task: which of them would find something to do."""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase
from ansible.template import trust_as_template

DOCUMENTATION = """
    name: differences
    short_description: Finds in one round trip which roles have something to do on a host
    description:
        - Reads the tasks of the entry point C(host) of each role, and asks the host about all of them by one script.
        - Files of C(template) and C(copy) are compared by content, owner, group and mode.
        - A C(command) with C(check_mode=false) is a question, and asked; it is answered when it prints nothing.
        - A task that loops over what a question found follows from it. A role with any other task has something to do.
        - The arguments of all the roles are validated before.
    options:
        roles:
            description: The roles, in the order in which they are applied.
            type: list
            elements: str
            required: true
"""

EXAMPLES = """
- differences: {roles: [ssh, firewall]}
  check_mode: false
  register: found
"""

RETURN = """
roles:
    description: Those that have something to do.
    type: list
    returned: always
"""

ENTRY = "host"
"""The entry point of roles that is asked about."""

_SAME = """\
same() {
  [ "$(stat --format='%F %a %U:%G' "$1" 2>/dev/null)" = "regular file $2 $3" ] && [ "$(sha256sum <"$1")" = "$4  -" ]
}
"""
_FILES = {"ansible.builtin.template": "templates", "ansible.builtin.copy": "files"}
_COMMAND = "ansible.builtin.command"


class ActionModule(ActionBase):
    """Ansible finds it by this name."""

    _VALID_ARGS = frozenset({"roles"})

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """What the task results in. `AnsibleActionFail` says which arguments are wrong."""
        result = super().run(tmp, task_vars)
        variables = task_vars or {}
        folder = Path(self._loader.get_basedir()) / "roles"
        roles = [folder / name for name in self._task.args["roles"]]
        if wrong := [problem for role in roles for problem in self._wrong_arguments(role, variables)]:
            raise AnsibleActionFail("; ".join(wrong))
        script = "".join([_SAME, *(f"{self._question(role, variables)} || echo {role.name}\n" for role in roles)])
        # Not by a module: what it says can be had without Python, whose start costs a host ten times as much.
        answer = self._low_level_execute_command("/bin/sh -s", in_data=script.encode())
        if answer["rc"]:
            return result | answer | {"failed": True, "msg": f"the question failed: {answer['stderr']}"}
        return result | {"changed": False, "roles": answer["stdout_lines"]}

    def _wrong_arguments(self, role: Path, variables: Mapping[str, Any]) -> Iterator[str]:
        specs = yaml.safe_load((role / "meta/argument_specs.yml").read_text(encoding="utf-8"))
        options = specs["argument_specs"][ENTRY]["options"]
        given = self._templar.template({name: variables[name] for name in options if name in variables})
        for problem in ArgumentSpecValidator(options).validate(given).error_messages:
            yield f"{role.name}: {problem}"

    def _question(self, role: Path, variables: Mapping[str, Any]) -> str:
        """A shell command that succeeds when the role has nothing to do."""
        tasks = yaml.safe_load((role / "tasks" / f"{ENTRY}.yml").read_text(encoding="utf-8"))
        answered = [task["register"] for task in tasks if is_question(task)]
        rendering = {**variables, "ansible_search_path": [str(role), self._loader.get_basedir()]}
        asked = [line for task in tasks for line in self._lines(task, role, answered, rendering)]
        return "{ " + " && ".join(asked or ["true"]) + "; }"

    def _lines(
        self, task: Mapping[str, Any], role: Path, answered: Sequence[str], variables: dict[str, Any]
    ) -> Iterator[str]:
        loop = task.get("loop", [None])
        if isinstance(loop, str):
            if any(re.search(rf"\b{name}\b", loop) for name in answered):
                return
            loop = self._evaluate(loop, variables)
        for item in loop:
            yield from self._line(task, role, {**variables, "item": item})

    def _line(self, task: Mapping[str, Any], role: Path, variables: dict[str, Any]) -> Iterator[str]:
        templar = self._templar.copy_with_new_env(available_variables=variables)
        condition = task.get("when", True)
        if not templar.evaluate_conditional(trust_as_template(condition) if isinstance(condition, str) else condition):
            return
        if is_question(task):
            command = task[_COMMAND]
            argv = self._evaluate(command.get("argv") or shlex.split(command["cmd"]), variables)
            text = shlex.quote(self._evaluate(command.get("stdin", ""), variables))
            yield f'found=$(printf %s {text} | {shlex.join(argv)} 2>/dev/null) && [ -z "$found" ]'
            return
        module = next((name for name in _FILES if name in task), None)
        if module is None:
            yield "false"
            return
        file = {key: self._evaluate(value, variables) for key, value in task[module].items() if key != "validate"}
        content = (role / _FILES[module] / file["src"]).read_bytes()
        if module == "ansible.builtin.template":
            content = self._evaluate(content.decode(), variables).encode()
        digest = hashlib.sha256(content).hexdigest()
        owners = f"{file['owner']}:{file['group']}"
        yield shlex.join(["same", file["dest"], file["mode"].lstrip("0"), owners, digest])

    def _evaluate(self, value: Any, variables: dict[str, Any]) -> Any:
        """As Ansible would, with these variables; the files it reads are ours, so that all their templates are."""
        templar = self._templar.copy_with_new_env(available_variables=variables)
        return templar.template(_trusted(value), escape_backslashes=False, overrides={"trim_blocks": True})


def is_question(task: Mapping[str, Any]) -> bool:
    """Whether a task only asks, in check mode too."""
    return _COMMAND in task and task.get("check_mode") is False


def _trusted(value: Any) -> Any:
    if isinstance(value, str):
        return trust_as_template(value)
    return [_trusted(each) for each in value] if isinstance(value, list) else value
