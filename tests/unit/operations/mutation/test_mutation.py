"""What `metro test mutation` prepares and how it counts; the tool itself runs when somebody asks for it."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from operations.errors import InputError
from operations.mutation.ground import ENGINE, chosen_rules, prepare, shared_modules
from operations.mutation.results import by_place, read_results, table, tally
from operations.paths import CHECKOUT
from policies.catalogue import all_rules

SAID = """
    policies.rules.net_001.x_check__mutmut_1: killed
    policies.rules.net_001.x_check__mutmut_2: survived
    policies.openings.xǁOpeningǁreaches__mutmut_1: timeout
    policies.openings.xǁOpeningǁreaches__mutmut_2: no tests
    policies.rules.net_002.x_check__mutmut_1: killed
"""


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setenv("METROPOLE_STATE", str(tmp_path))


def test_changes_are_counted_by_rule_and_by_what_rules_share() -> None:
    counted = by_place(read_results(SAID.splitlines()))
    assert list(counted) == ["NET-001", "NET-002", "openings.py"]
    assert [(it.mutants, it.killed, it.survived) for it in counted.values()] == [(2, 1, 1), (1, 1, 0), (2, 1, 1)]


def test_a_change_that_no_test_went_through_has_survived() -> None:
    assert tally(read_results(SAID.splitlines())).part == pytest.approx(0.6)


def test_the_table_closes_with_the_total() -> None:
    last = table(read_results(SAID.splitlines()))[-1]
    assert last.split() == ["total", "5", "3", "2", "60.0%"]


def test_each_rule_gets_a_file_of_its_own_cases() -> None:
    rules = all_rules()
    folder = prepare(rules, with_shared=True)
    files = sorted((folder / "tests" / "mutation").glob("test_*.py"))
    assert len(files) == len(rules)
    for file in files:
        ast.parse(file.read_text(encoding="utf-8"))
    configuration = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
    for path in configuration["only_mutate"]:
        assert (folder / path).is_file()
    assert len(configuration["only_mutate"]) == len(rules) + len(shared_modules())


def test_what_judges_is_no_rule() -> None:
    assert {name for name in ENGINE if not (CHECKOUT / "policies" / f"{name}.py").is_file()} == set()
    shared = shared_modules()
    assert "openings" in shared
    assert ENGINE.isdisjoint(shared)
    assert not {"judge", "waivers", "catalogue", "report"} & set(shared)


def test_an_unknown_rule_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="NET-999"):
        chosen_rules(["NET-999"])
