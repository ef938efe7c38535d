"""Where rules are changed: a folder beside the checkout's state, in which each rule's cases are a file of tests.

The tool that changes rules runs, for each change, the tests that went through the changed function. With a file a rule
it collects a few cases each time instead of all of them.
"""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from operations.errors import InputError
from operations.paths import CHECKOUT, state_directory
from policies.catalogue import all_rules
from policies.rule import Rule, TerritoryRule

PACKAGES: Final = (
    "territory",
    "components",
    "stacks",
    "planning",
    "playbooks",
    "policies",
    "providers",
    "operations",
    "twin",
)
ENGINE: Final = frozenset({"answers", "resource_types", "rule", "subjects", "values"})
"""What rules are written in, tested by itself; what else they import is part of them, and is changed with them."""

_CONFIGURATION: Final = """\
[tool.mutmut]
source_paths = ["policies"]
only_mutate = {only}
also_copy = {copied}
pytest_add_cli_args_test_selection = ["tests/mutation"]
pytest_add_cli_args = ["-p", "no:cacheprovider"]
use_git_change_detection = false
use_setproctitle = false

[tool.pytest.ini_options]
addopts = "--strict-markers --import-mode=importlib"
markers = ["api: of no concern here", "slow: of no concern here"]
"""
_TESTS: Final = '''\
"""The cases of {id} alone; generated."""

import pytest

from tests.policy.{module} import test_the_answer_is_the_one_expected as expect

(_ALL,) = expect.pytestmark


@pytest.mark.parametrize(("rule", "case"), [case for case in _ALL.args[1] if case.id.startswith("{id}: ")])
def test_{name}(rule, case):
    expect(rule, case)
'''


def chosen_rules(ids: Sequence[str]) -> tuple[Rule, ...]:
    """The rules of these ids, all of them when none is named. Raises `InputError` for an id that there is not."""
    known = {rule.id: rule for rule in all_rules()}
    if unknown := [id_ for id_ in ids if id_ not in known]:
        raise InputError(f"there is no rule {', '.join(unknown)}", f"the rules are {', '.join(known)}")
    return tuple(known[id_] for id_ in ids) if ids else tuple(known.values())


def shared_modules() -> tuple[str, ...]:
    """The modules of `policies/` that rules import, and what these import, by file name without its ending."""
    found: set[str] = set()
    waiting = list((CHECKOUT / "policies" / "rules").glob("*.py"))
    while waiting:
        for name in _imported(waiting.pop()) - ENGINE - found:
            found.add(name)
            waiting.append(CHECKOUT / "policies" / f"{name}.py")
    return tuple(sorted(found))


def _imported(file: Path) -> set[str]:
    """The modules of `policies/` itself that a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "policies":
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("policies."):
            names.add((node.module or "").split(".")[1])
    return {name for name in names if (CHECKOUT / "policies" / f"{name}.py").is_file()}


def prepare(rules: Sequence[Rule], *, with_shared: bool) -> Path:
    """Lay the folder anew: results of an earlier run say nothing once a case has changed."""
    folder = state_directory() / "mutation"
    shutil.rmtree(folder, ignore_errors=True)
    tests = folder / "tests"
    (tests / "mutation").mkdir(parents=True)
    for package in PACKAGES:
        (folder / package).symlink_to(CHECKOUT / package)
    for name in ("__init__.py", "conftest.py", "policy"):
        (tests / name).symlink_to(CHECKOUT / "tests" / name)
    (tests / "mutation" / "__init__.py").touch()
    for rule in rules:
        (tests / "mutation" / f"test_{_name(rule)}.py").write_text(_tests(rule), encoding="utf-8")
    only = [f"policies/rules/{_name(rule)}.py" for rule in rules]
    only += [f"policies/{module}.py" for module in shared_modules()] if with_shared else []
    configuration = _CONFIGURATION.format(
        only=json.dumps(only), copied=json.dumps([package for package in PACKAGES if package != "policies"])
    )
    (folder / "pyproject.toml").write_text(configuration, encoding="utf-8")
    return folder


def _tests(rule: Rule) -> str:
    module = "test_territory_rules" if isinstance(rule, TerritoryRule) else "test_rules"
    return _TESTS.format(id=rule.id, name=_name(rule), module=module)


def _name(rule: Rule) -> str:
    return rule.id.lower().replace("-", "_")
