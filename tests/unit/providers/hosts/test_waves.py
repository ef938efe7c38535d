"""Which hosts go first, and when no other is begun."""

from __future__ import annotations

from providers.hosts.baseline import Baseline
from providers.hosts.outcome import Outcome, State
from providers.hosts.waves import Budget, waves
from tests.unit.providers.hosts.ground import baseline

HOSTS = [
    *(baseline(f"router-{number}", groups=["site_lac", "role_border_router"]) for number in range(3)),
    *(baseline(f"web-{number}", groups=["role_service", "site_lac"]) for number in range(5)),
    baseline("odd", groups=[]),
]
DONE = Outcome(State.DONE, tasks=9)
FAILED = Outcome(State.FAILED)
CUT_OFF = Outcome(State.UNREACHABLE, tasks=4)
NEVER_THERE = Outcome(State.UNREACHABLE)
BROKE_OFF = Outcome(State.UNFINISHED, tasks=4)


def _names(found: list[list[Baseline]]) -> list[list[str]]:
    return [[each.host for each in wave] for wave in found]


def test_few_hosts_are_one_wave():
    assert waves(HOSTS, len(HOSTS)) == [HOSTS]
    assert waves([], 3) == [[]]


def test_of_many_one_of_each_role_goes_first():
    assert _names(waves(HOSTS, 4)) == [
        ["router-0", "web-0", "odd"],
        ["router-1", "router-2", "web-1", "web-2"],
        ["web-3", "web-4"],
    ]


def test_no_wave_is_too_large():
    found = waves(HOSTS, 1)
    assert {len(wave) for wave in found} == {1}
    assert sorted(each.host for wave in found for each in wave) == sorted(each.host for each in HOSTS)


def test_a_budget_is_used_up_by_hosts_that_a_change_broke():
    budget = Budget(1)
    budget.count({"a": DONE, "b": FAILED, "c": NEVER_THERE, "d": BROKE_OFF})
    assert budget.refusal == ""
    budget.count({"e": CUT_OFF, "f": DONE})
    assert budget.refusal == "not begun: 2 of 6 hosts failed before, more than the budget of 1"
    assert budget.refused(HOSTS[:1]) == {"router-0": Outcome(State.UNFINISHED, problem=budget.refusal)}


def test_a_host_that_is_mended_does_not_count():
    budget = Budget(0)
    budget.count({"a": FAILED})
    assert budget.refusal
    budget.count({"a": DONE})
    assert budget.refusal == ""
