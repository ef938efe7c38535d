"""What the janitor takes and what it leaves, with a clock and a removal of the test's own."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console as RichConsole

from operations.console import Console
from operations.deployment.engine_events import Outcome, StackReport
from operations.deployment.project import Project
from operations.deployment.twin import Wishes
from operations.ephemeral import janitor
from operations.ephemeral.choice import lease_lock
from operations.ephemeral.copies import renamed_copy
from operations.ephemeral.janitor import Finding, Verdict
from operations.ephemeral.lease import Lease, Leases
from operations.ephemeral.removal import NotEphemeral, ephemeral_stacks
from operations.errors import AnswerNo, InputError, MachineError
from operations.recovery.run_lock import hold
from operations.territories import choose_territory
from operations.yaml_files import write_mapping
from territory.loader import TERRITORIES

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("METROPOLE_STATE", str(tmp_path))
    return tmp_path


@pytest.fixture
def removed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names, in the order in which they were taken down."""
    names: list[str] = []

    def remove(state: Path, name: str, wishes: Wishes, console: Console) -> list[StackReport]:
        names.append(name)
        Leases(state).forget(name)
        return [StackReport(f"{name}-datacenters", Outcome.SUCCEEDED, deleted=99)]

    monkeypatch.setattr(janitor, "remove_ephemeral", remove)
    return names


def grant(state: Path, name: str, expires: datetime) -> Lease:
    lease = Lease(name=name, source="sandbox", made=NOON - 4 * HOUR, expires=expires)
    Leases(state).add(lease, renamed_copy(TERRITORIES / "sandbox", name).items())
    return lease


def sweep(
    state: Path, *, only: str | None = None, dry_run: bool = False, clock: Callable[[], datetime] = lambda: NOON
) -> list[Finding]:
    console = Console(stderr=RichConsole(file=io.StringIO()))
    return janitor.sweep(state, console, Wishes(wait=False), only=only, dry_run=dry_run, clock=clock)


def verdicts(findings: list[Finding]) -> dict[str, Verdict]:
    return {finding.name: finding.verdict for finding in findings}


def test_only_what_is_past_its_time_goes_the_longest_overdue_first(state: Path, removed: list[str]) -> None:
    grant(state, "living", NOON + timedelta(seconds=1))
    grant(state, "just-due", NOON)
    grant(state, "long-due", NOON - HOUR)

    found = sweep(state)

    assert removed == ["long-due", "just-due"]
    assert verdicts(found) == {"just-due": Verdict.REMOVED, "living": Verdict.LIVES, "long-due": Verdict.REMOVED}
    assert verdicts(sweep(state)) == {"living": Verdict.LIVES}
    assert removed == ["long-due", "just-due"]


def test_a_dry_run_removes_nothing(state: Path, removed: list[str]) -> None:
    grant(state, "due", NOON - HOUR)
    assert verdicts(sweep(state, dry_run=True)) == {"due": Verdict.DUE}
    assert not removed
    assert Leases(state).find("due")


def test_one_name_at_a_time_and_only_if_its_time_is_up(state: Path, removed: list[str]) -> None:
    grant(state, "due", NOON - HOUR)
    grant(state, "due-too", NOON - HOUR)
    grant(state, "living", NOON + HOUR)
    assert verdicts(sweep(state, only="living")) == {"living": Verdict.LIVES}
    assert verdicts(sweep(state, only="due")) == {"due": Verdict.REMOVED}
    assert removed == ["due"]


@pytest.mark.parametrize("name", ["bordeaux", "sandbox", "nobody", "."])
def test_what_is_not_ephemeral_is_refused_by_name(state: Path, removed: list[str], name: str) -> None:
    with pytest.raises(InputError, match="touches nothing else"):
        sweep(state, only=name)
    assert not removed


def test_a_record_that_cannot_be_read_is_left_alone_and_stops_nobody(state: Path, removed: list[str]) -> None:
    grant(state, "due", NOON - HOUR)
    grant(state, "unclear", NOON - HOUR)
    (state / "ephemeral" / "unclear" / "lease.json").write_text("{")
    found = sweep(state)
    assert verdicts(found) == {"due": Verdict.REMOVED, "unclear": Verdict.REFUSED}
    assert "lease.json" in next(finding.detail for finding in found if finding.name == "unclear")
    assert removed == ["due"]


def test_time_that_was_given_while_the_janitor_waited_counts(
    state: Path, removed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = grant(state, "renewed", NOON - HOUR)
    find = Leases.find

    def find_after_a_renewal(self: Leases, name: str) -> Lease | None:
        self.renew(lease.model_copy(update={"expires": NOON + HOUR}))
        return find(self, name)

    known = Leases(state).all()

    def as_seen_before(_: Leases) -> object:
        return known

    monkeypatch.setattr(Leases, "all", as_seen_before)
    monkeypatch.setattr(Leases, "find", find_after_a_renewal)
    assert verdicts(sweep(state)) == {"renewed": Verdict.LIVES}
    assert not removed


def test_one_that_somebody_works_on_is_told_and_the_others_go(state: Path, removed: list[str]) -> None:
    grant(state, "busy", NOON - 2 * HOUR)
    grant(state, "due", NOON - HOUR)
    with hold(state, lease_lock("busy"), "metro up", Console()):
        found = sweep(state)
    assert verdicts(found) == {"busy": Verdict.FAILED, "due": Verdict.REMOVED}
    assert "metro up" in next(finding.detail for finding in found if finding.name == "busy")


def test_a_failure_is_told_with_its_stacks_and_the_next_has_its_turn(
    state: Path, removed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    grant(state, "stuck", NOON - 2 * HOUR)
    grant(state, "due", NOON - HOUR)
    remove = janitor.remove_ephemeral

    def remove_or_fail(state: Path, name: str, wishes: Wishes, console: Console) -> list[StackReport]:
        if name == "stuck":
            return [StackReport("stuck-datacenters", Outcome.FAILED)]
        return remove(state, name, wishes, console)

    monkeypatch.setattr(janitor, "remove_ephemeral", remove_or_fail)
    found = sweep(state)
    assert verdicts(found) == {"due": Verdict.REMOVED, "stuck": Verdict.FAILED}
    stuck = next(finding for finding in found if finding.name == "stuck")
    assert "stuck-datacenters" in stuck.detail
    assert [report.name for report in stuck.stacks] == ["stuck-datacenters"]
    assert removed == ["due"]


def test_a_machine_that_lacks_something_ends_the_whole_run(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grant(state, "due", NOON - HOUR)

    def remove(*_: object) -> list[StackReport]:
        raise MachineError("no engine")

    monkeypatch.setattr(janitor, "remove_ephemeral", remove)
    with pytest.raises(MachineError):
        sweep(state)


def configure(state: Path, stack: str, reference: str, environment: str | None = "ephemeral") -> None:
    file = Project(state).configuration_file(stack)
    file.parent.mkdir(parents=True, exist_ok=True)
    said = {"metropole:environment": environment} if environment else {}
    layer = stack.removeprefix("drill-")
    write_mapping(file, {"config": {"metropole:territory": reference, "metropole:layer": layer, **said}})
    checkpoint = Project(state).state_file(stack)
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    checkpoint.write_text("{}")


@pytest.mark.parametrize("environment", ["rehearsal", "production", None])
def test_a_stack_that_does_not_call_itself_ephemeral_protects_the_whole_territory(
    state: Path, environment: str | None
) -> None:
    grant(state, "drill", NOON - HOUR)
    territory = choose_territory("drill")
    configure(state, "drill-datacenters", territory.reference)
    ephemeral_stacks(Project(state), "drill", territory.reference)
    configure(state, "drill-network", territory.reference, environment)
    with pytest.raises(NotEphemeral, match="drill-network is not ephemeral"):
        ephemeral_stacks(Project(state), "drill", territory.reference)


def test_a_stack_of_that_name_that_is_somebody_elses_is_refused(state: Path) -> None:
    grant(state, "drill", NOON - HOUR)
    configure(state, "drill-datacenters", "/srv/territories/drill")
    with pytest.raises(NotEphemeral, match="belongs to /srv/territories/drill"):
        ephemeral_stacks(Project(state), "drill", choose_territory("drill").reference)


def test_a_copy_that_this_version_cannot_read_is_no_reason_to_stay(state: Path) -> None:
    grant(state, "drill", NOON - HOUR)
    folder = Leases(state).folder("drill")
    configure(state, "drill-datacenters", str(folder))
    (folder / "sites.yaml").write_text("datacentres: []\n")

    assert verdicts(sweep(state)) == {"drill": Verdict.REMOVED}

    assert not [path for path in state.rglob("*drill*") if "locks" not in path.parts]


def test_the_janitor_calls_that_refused_and_goes_on(state: Path) -> None:
    grant(state, "drill", NOON - HOUR)
    configure(state, "drill-datacenters", "bordeaux", "production")
    (finding,) = sweep(state)
    assert finding.verdict is Verdict.REFUSED
    assert isinstance(NotEphemeral("x"), AnswerNo)
    assert Leases(state).find("drill")
