"""What the provider answers the engine, with runs that only pretend."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest

from playbooks.digest import playbook_digest
from providers.engine_log import EngineLog
from providers.hosts.baseline import TYPE, Baseline
from providers.hosts.batches import Mode
from providers.hosts.outcome import Outcome, State
from providers.hosts.progress import Tell, untold
from providers.hosts.provider import HostsProvider
from providers.hosts.runs import Runs
from providers.hosts.settings import Settings, read_settings
from providers.hosts.ssh import Ssh
from providers.logic import Change, PartialFailure, Properties, ProviderError
from providers.values import UNKNOWN, is_unknown, plain_value, property_value
from tests.unit.providers.hosts.ground import Ground, inputs

URN = "urn:pulumi:sandbox-hosts::metropole::metropole:hosts:HostBaseline::lac-bastion"
DONE = Outcome(State.DONE, tasks=40, changed=2, rules=("R28", "R33"))
FAILED = Outcome(State.FAILED, 7, 1, ("R28",), "task 'R33 | Start auditd' failed: no", ("R33",), "/evidence/log")
GONE = Outcome(State.UNREACHABLE, problem="No route to host")
REFUSAL = "not begun: 1 of 1 hosts failed before, more than the budget of 0"
LOST = Outcome(State.UNREACHABLE, tasks=9, problem="Broken pipe")


class Log(EngineLog):
    """Keeps what the user would be shown."""

    def __init__(self) -> None:
        super().__init__("")
        self.lines: list[tuple[str, str]] = []
        self.statuses: list[tuple[str, str]] = []

    def info(self, message: str, urn: str = "") -> None:
        self.lines.append(("info", message))

    def status(self, message: str, urn: str) -> None:
        self.statuses.append((urn, message))

    def warning(self, message: str, urn: str = "") -> None:
        self.lines.append(("warning", message))


class World:
    """One provider, and what its next runs come to."""

    def __init__(self, ground: Ground) -> None:
        self.log = Log()
        self.asked: list[tuple[Mode, str, float]] = []
        self.becomes: dict[str, Outcome] = {}
        self.silent: set[str] = set()
        self.running = threading.Event()
        self.gate = threading.Event()
        """Runs end when it is open."""
        self.gate.set()
        self.broken: OSError | None = None
        self.closed = False
        self.digest = playbook_digest(ground.playbooks)
        world = self

        class PretendedRuns(Runs):
            def __init__(
                self, settings: Settings, playbooks: Path, cancelled: threading.Event, tell: Callable[[str], None]
            ) -> None:
                pass

            def run(
                self, mode: Mode, baselines: Sequence[Baseline], seconds: float, tell: Tell = untold
            ) -> dict[str, Outcome]:
                if world.broken:
                    raise world.broken
                world.running.set()
                assert world.gate.wait(20)
                world.asked += [(mode, each.host, seconds) for each in baselines]
                for each in baselines:
                    tell(each.host, "ssh")
                return {each.host: world.becomes.get(each.host, DONE) for each in baselines}

            def close(self) -> None:
                world.closed = True

        class PretendedSsh(Ssh):
            def knock(self, host: str, seconds: float) -> str:
                return "No route to host" if host in world.silent else ""

        self.provider = HostsProvider(self.log, ground.playbooks, runs=PretendedRuns, ssh=PretendedSsh)
        self.config = ground.config
        self.configure()

    def configure(self, **changes: str) -> None:
        settings = {**self.config, **changes}
        self.provider.configure({name: property_value(value) for name, value in settings.items()})

    def inputs(self, host: str = "lac-bastion", **changes: Any) -> Properties:
        return inputs(host, **{"playbookDigest": self.digest, **changes})

    def create(self, host: str = "lac-bastion", *, preview: bool = False, **changes: Any) -> dict[str, Any]:
        result = self.provider.create(URN, TYPE, self.inputs(host, **changes), preview, 0)
        assert result.id == ("" if preview else host)
        return _told(result.properties)

    def update(self, *, preview: bool = False, timeout: float = 0, **changes: Any) -> dict[str, Any]:
        new = self.inputs(**changes)
        return _told(self.provider.update(URN, TYPE, "lac-bastion", self.inputs(), {}, new, preview, timeout))

    def standing(self, **changes: Any) -> Properties:
        """The outputs of a host that is as wanted."""
        kept = self.provider.create(URN, TYPE, self.inputs(), False, 0).properties
        self.asked.clear()
        return {**kept, **{name: property_value(value) for name, value in changes.items()}}

    def read(self, properties: Properties) -> dict[str, Any]:
        result = self.provider.read(URN, TYPE, "lac-bastion", self.inputs(), properties)
        assert result.id == "lac-bastion"
        assert result.inputs == self.inputs()
        return _told(result.properties)

    def diff(self, outputs: Properties, **changes: Any) -> dict[str, Change]:
        new = self.inputs(**changes)
        return dict(self.provider.diff(URN, TYPE, "lac-bastion", self.inputs(), outputs, new, ()).changes)


def _told(properties: Properties) -> dict[str, Any]:
    """The outputs that are no inputs."""
    return {
        name: "unknown" if is_unknown(properties[name]) else plain_value(properties[name])
        for name in ("appliedDigest", "tasks", "changed", "drift")
    }


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path)


@pytest.fixture
def world(ground: Ground) -> Iterator[World]:
    made = World(ground)
    yield made
    made.provider.cancel()
    made.provider.close()
    assert made.closed


def test_a_create_applies_and_keeps_little(world: World) -> None:
    assert world.create() == {
        "appliedDigest": Baseline.of(world.inputs()).digest,
        "tasks": 40,
        "changed": 2,
        "drift": [],
    }
    assert world.asked == [(Mode.APPLY, "lac-bastion", 600)]


def test_the_role_that_a_host_is_at_is_shown_beside_it(world: World) -> None:
    world.create()
    world.update(hostLevel="minimal")
    world.create("lac-web", preview=True)
    assert world.log.statuses == [(URN, "role ssh")] * 2


def test_a_timeout_of_the_programs_own_counts(world: World) -> None:
    world.update(timeout=30)
    assert world.asked == [(Mode.APPLY, "lac-bastion", 30)]


def test_a_machine_that_never_answers_has_no_state(world: World) -> None:
    world.silent.add("lac-bastion")
    with pytest.raises(
        ProviderError, match="lac-bastion does not answer, after 1 s of waiting: No route to host"
    ) as caught:
        world.create()
    assert not isinstance(caught.value, PartialFailure)
    assert world.asked == []


def test_a_host_behind_another_waits_for_it_and_is_told_when_that_one_could_not_be_made(world: World) -> None:
    def make(host: str, **changes: Any) -> Future[object]:
        return pool.submit(world.provider.create, URN, TYPE, world.inputs(host, **changes), False, 0)

    with ThreadPoolExecutor() as pool:
        world.gate.clear()
        jump = make("lac-bastion")
        assert world.running.wait(20)
        behind = make("lac-web-1", through="lac-bastion")
        assert wait([behind], 1).not_done
        world.becomes["lac-bastion"] = FAILED
        world.gate.set()
        assert isinstance(jump.exception(20), PartialFailure)
        assert str(behind.exception(20)) == "lac-web-1 is reached through lac-bastion, which is not hardened"
        world.becomes.clear()
        assert make("lac-bastion").exception(20) is None
        assert make("lac-web-1", through="lac-bastion").exception(20) is None
    assert [host for _, host, _ in world.asked] == ["lac-bastion", "lac-bastion", "lac-web-1"]


@pytest.mark.parametrize("outcome", [FAILED, LOST])
def test_what_was_begun_is_kept_and_asks_for_an_update(world: World, outcome: Outcome) -> None:
    world.becomes["lac-bastion"] = outcome
    for attempt in (world.create, world.update):
        with pytest.raises(PartialFailure) as caught:
            attempt()
        assert caught.value.id == "lac-bastion"
        assert caught.value.inputs == world.inputs()
        assert _told(caught.value.properties)["appliedDigest"] == ""
        assert world.diff(caught.value.properties) == {"appliedDigest": Change.UPDATE}


def test_a_failure_names_host_task_rule_and_log(world: World) -> None:
    world.becomes["lac-bastion"] = FAILED
    with pytest.raises(PartialFailure) as caught:
        world.create()
    assert str(caught.value) == (
        "lac-bastion failed (R33): task 'R33 | Start auditd' failed: no; the log: /evidence/log"
    )


def test_once_more_hosts_failed_than_the_budget_no_other_is_begun(world: World) -> None:
    world.configure(batchHosts="1", failureBudget="0")
    world.becomes = dict.fromkeys("abc", FAILED)

    def make(host: str) -> Future[object]:
        return pool.submit(world.provider.create, URN, TYPE, world.inputs(host), False, 0)

    with ThreadPoolExecutor() as pool:
        told = [str(made.exception(20)) for made in [make(host) for host in "abc"]]
        told.append(str(make("d").exception(20)))
    ((_, begun, _),) = world.asked
    refused = [f"{host} was not finished: {REFUSAL}" for host in "abcd" if host != begun]
    assert sorted(told) == sorted([*refused, f"{begun} failed (R33): {FAILED.problem}; the log: /evidence/log"])


def test_what_asks_hosts_needs_no_budget(world: World) -> None:
    before = world.standing()
    world.configure(failureBudget="0")
    world.becomes["lac-bastion"] = FAILED
    with pytest.raises(PartialFailure):
        world.update()
    assert world.read(before)["drift"] == ["R28", "R33"]


def test_what_was_not_begun_changes_no_state(world: World) -> None:
    world.becomes["lac-bastion"] = GONE
    for attempt in (world.create, world.update):
        with pytest.raises(ProviderError, match="lac-bastion does not answer: No route to host") as caught:
            attempt()
        assert not isinstance(caught.value, PartialFailure)


def test_a_preview_asks_in_check_mode(world: World) -> None:
    digest = Baseline.of(world.inputs()).digest
    for attempt in (world.create, world.update):
        assert attempt(preview=True) == {
            "appliedDigest": digest,
            "tasks": "unknown",
            "changed": "unknown",
            "drift": [],
        }
    assert world.asked == [(Mode.PREVIEW, "lac-bastion", 120)] * 2
    assert world.log.lines == [("info", "would change R28, R33")] * 2


def test_a_preview_on_a_machine_that_is_not_there_yet_asks_nobody(world: World) -> None:
    assert world.create(preview=True, machineId=UNKNOWN)["appliedDigest"] == "unknown"
    assert world.asked == []


@pytest.mark.parametrize(
    ("exists", "outcome", "lines"),
    [
        (False, GONE, []),
        (True, GONE, ["what would change cannot be said: lac-bastion does not answer: No route to host"]),
        (False, FAILED, ["what would change cannot be said: lac-bastion failed (R33): "]),
        (True, FAILED, ["what would change cannot be said: lac-bastion failed (R33): "]),
    ],
)
def test_no_preview_fails(world: World, exists: bool, outcome: Outcome, lines: list[str]) -> None:
    world.becomes["lac-bastion"] = outcome
    said = (world.update if exists else world.create)(preview=True)
    assert said["tasks"] == "unknown"
    assert len(world.log.lines) == len(lines)
    assert all(line.startswith(begin) for (_, line), begin in zip(world.log.lines, lines, strict=True))


def test_nothing_to_do(world: World) -> None:
    assert world.diff(world.standing()) == {}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"host": "pessac-bastion"}, {"host": Change.UPDATE_REPLACE}),
        ({"machineId": "4221-bb"}, {"machineId": Change.UPDATE_REPLACE}),
        ({"machineId": UNKNOWN}, {"machineId": Change.UPDATE_REPLACE}),
        ({"level": "intermediary", "variables": "{}"}, {"level": Change.UPDATE, "variables": Change.UPDATE}),
        ({"playbookDigest": "1" * 64}, {"playbookDigest": Change.UPDATE}),
    ],
)
def test_a_change_of_the_program(world: World, changes: dict[str, Any], expected: dict[str, Change]) -> None:
    assert world.diff(world.standing(), **changes) == expected


def test_a_refresh_that_finds_nothing_changes_no_state(world: World) -> None:
    before = world.standing()
    world.becomes["lac-bastion"] = Outcome(State.DONE, tasks=40)
    assert world.read(before) == _told(before)
    assert world.asked == [(Mode.PROBE, "lac-bastion", 600)]
    assert world.log.lines == []


def test_a_refresh_names_the_rules_that_do_not_hold_and_the_next_up_sees_them(world: World) -> None:
    before = world.standing()
    world.becomes["lac-bastion"] = Outcome(State.DONE, tasks=40, changed=2, rules=("R56", "R33"))
    assert world.read(before) == {**_told(before), "drift": ["R56", "R33"]}
    assert world.diff({**before, "drift": property_value(["R56", "R33"])}) == {"drift": Change.DELETE}


def test_a_check_that_fails_is_drift_as_well(world: World) -> None:
    before = world.standing()
    world.becomes["lac-bastion"] = FAILED
    assert world.read(before)["drift"] == ["R28", "R33"]
    assert [kind for kind, _ in world.log.lines] == ["warning"]


def test_hosts_that_cannot_be_asked_keep_their_state_and_are_named_in_one_line(world: World) -> None:
    before = world.standing(drift=["R33"])
    world.becomes |= dict.fromkeys(("lac-bastion", "other"), GONE)
    told: list[dict[str, Any]] = []

    def read(host: str) -> None:
        kept = world.provider.read(URN, TYPE, host, world.inputs(host), before)
        told.append(_told(kept.properties))

    threads = [threading.Thread(target=read, args=(host,)) for host in ("lac-bastion", "other", "fine")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(each["drift"] for each in told) == [["R28", "R33"], ["R33"], ["R33"]]
    ((kind, line),) = world.log.lines
    assert kind == "warning"
    assert line.startswith("not compared, so they keep their state: ")
    assert "other (does not answer: No route to host)" in line
    assert "lac-bastion (" in line
    assert "fine" not in line


def test_other_playbooks_than_those_applied_are_no_drift(world: World, ground: Ground) -> None:
    before = world.standing()
    (ground.playbooks / "roles" / "toy" / "tasks" / "main.yml").write_text("---\n", encoding="utf-8")
    assert world.read(before) == _told(before)
    assert world.asked == []
    assert "the playbooks changed since they were applied to it" in world.log.lines[0][1]
    with pytest.raises(ProviderError, match="the playbooks changed since the program read them"):
        world.update()


def test_a_run_that_cannot_be_written_down_is_said(world: World) -> None:
    world.broken = OSError(28, "No space left on device", "/var/lib/evidence")
    with pytest.raises(
        ProviderError, match=r"be written down: \[Errno 28\] No space left on device: '/var/lib/evidence'"
    ):
        world.create()


def test_an_import_is_refused(world: World) -> None:
    with pytest.raises(ProviderError, match="cannot be imported: declare it"):
        world.provider.read(URN, TYPE, "lac-bastion", {}, {})


def test_a_host_is_forgotten_without_a_word_to_it(world: World) -> None:
    before = world.standing()
    world.provider.delete(URN, TYPE, "lac-bastion", world.inputs(), before, 0)
    assert world.asked == []


def test_after_a_cancellation_nothing_is_done(world: World) -> None:
    world.provider.cancel()
    with pytest.raises(ProviderError, match="cancelled"):
        world.create()
    assert world.asked == []


def test_wrong_settings_are_named(world: World) -> None:
    config = {
        "sshConfig": property_value("ssh_config"),
        "forks": property_value("0"),
        "failureBudget": property_value("-1"),
        "workers": property_value('{"lac": "-oProxyCommand=x"}'),
        "identity": property_value("/root/.ssh/id"),
        "deadlineSeconds": UNKNOWN,
    }
    failures = {failure.property: failure.reason for failure in world.provider.check_config(config).failures}
    assert set(failures) == {"sshConfig", "forks", "failureBudget", "workers", "identity", "evidenceDirectory"}
    assert failures["sshConfig"] == "found 'ssh_config', expected an absolute path"
    assert failures["forks"] == "found '0', expected a whole number above 0"
    assert failures["failureBudget"] == "found '-1', expected a whole number"
    assert failures["workers"].endswith("expected an object: the name of a host for each site")


def test_settings_are_read(ground: Ground) -> None:
    changes = {"batchHosts": "8", "failureBudget": "0", "workers": '{"lac": "worker.lac.example"}'}
    found = read_settings({name: property_value(value) for name, value in {**ground.config, **changes}.items()})
    assert (found.batch_hosts, found.failure_budget, found.forks) == (8, 0, 32)
    assert found.workers == {"lac": "worker.lac.example"}


def test_another_way_to_reach_hosts_replaces_none(world: World, ground: Ground) -> None:
    olds = {name: property_value(value) for name, value in ground.config.items()}
    news = {**olds, "sshConfig": property_value("/elsewhere")}
    assert world.provider.diff_config(olds, news).changes == {"sshConfig": Change.UPDATE}


def test_a_type_that_is_none_is_refused(world: World) -> None:
    (failure,) = world.provider.check(URN, "metropole:hosts:Host", {}, {}).failures
    assert failure.reason == "the metropole package has no resource type metropole:hosts:Host"
    with pytest.raises(ProviderError, match="has no function"):
        world.provider.invoke("metropole:hosts:get", {})
