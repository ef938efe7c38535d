"""`metro verify` on hosts that answer what was recorded: verdict, names, rules, evidence and what it is bound to."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from operations.errors import AnswerNo, InputError, MachineError
from operations.hosts import verify as command
from operations.hosts.running import RunningHosts, choose_hosts, running_hosts
from operations.hosts.verify import verify
from operations.territories import ChosenTerritory, choose_territory
from playbooks.digest import playbook_digest
from tests.unit.operations.hosts.ground import Ground
from tests.unit.operations.hosts.test_suites import HOSTS, auditd_stopped
from twin.hosts.report import GuestReport, GuestState, write_report

Ask = Callable[..., dict[str, Any]]
SANDBOX = choose_territory("sandbox").model


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    made = Ground(tmp_path)
    monkeypatch.setenv("PATH", str(made.programs), prepend=":")
    world = tmp_path / "world"
    (world / "hosts").mkdir(parents=True)
    guests = [GuestReport(f"id-of-{name}", name, GuestState.RUNNING, 1) for name in HOSTS]
    write_report(world / "hosts", guests)
    image = tmp_path / "images" / "0123456789abcdef"
    image.mkdir(parents=True)
    (image / "manifest.json").write_text(json.dumps({"digest": image.name, "tree_digest": "f" * 64}))

    def running(_: ChosenTerritory) -> RunningHosts:
        return RunningHosts(world, image / "tree")

    monkeypatch.setattr(command, "running_hosts", running)
    for name, subject in HOSTS.items():
        made.answers(name, dict(subject.facts))
    return made


@pytest.fixture
def ask(ground: Ground, capsys: pytest.CaptureFixture[str]) -> Ask:
    def asked(*names: str, evidence: Path | None = None) -> dict[str, Any]:
        try:
            verify("sandbox", names, evidence, as_json=True)
        except AnswerNo as error:
            return {**error.result}
        return json.loads(capsys.readouterr().out)

    return asked


def test_hosts_that_are_as_wanted(ask: Ask, tmp_path: Path) -> None:
    result = ask(*HOSTS, evidence=tmp_path / "evidence")
    assert result["verdict"] == "pass"
    assert [(host["name"], host["failed"], host["failures"]) for host in result["hosts"]] == [
        (host.name, 0, []) for host in choose_hosts(SANDBOX, HOSTS)
    ]
    assert all(host["passed"] > 150 and host["seconds"] > 0 and host["skipped"] for host in result["hosts"])


def test_evidence_says_of_what_it_is(ask: Ask, tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    ask("lac-bastion", evidence=folder)
    kept = json.loads((folder / "verify.json").read_text())
    assert kept["territory"] == "sandbox"
    assert kept["image"] == {"digest": "0123456789abcdef", "tree_digest": "f" * 64}
    assert kept["playbooks"] == {"digest": playbook_digest()}
    assert kept["begun"] <= kept["ended"]
    assert set(kept["tools"]) >= {"metropole", "pytest", "pytest-testinfra", "python", "ssh"}
    assert (kept["hosts"][0]["machine_id"], kept["hosts"][0]["level"]) == ("id-of-lac-bastion", "enhanced")
    assert len(kept["results"]) == sum(kept["hosts"][0][each] for each in ("passed", "failed", "skipped"))
    assert sorted(file.name for file in folder.iterdir()) == ["facts.json", "junit.xml", "pytest.log", "verify.json"]
    assert folder.stat().st_mode & 0o077 == 0


def test_what_does_not_hold_is_named_with_host_and_rule(ask: Ask, ground: Ground) -> None:
    facts = deepcopy(dict(HOSTS["lac-router-2"].facts))
    auditd_stopped(facts)
    ground.answers("lac-router-2", facts)
    result = ask("lac-bastion", "lac-router-2")
    bastion, router = result["hosts"]
    assert (result["verdict"], bastion["failed"], router["failed"]) == ("fail", 0, 1)
    assert [(each["rule"], each["message"]) for each in router["failures"]] == [("R73", "auditd.service is inactive")]


def test_who_cannot_be_reached_is_named_and_the_others_are_judged(ask: Ask, ground: Ground) -> None:
    ground.fails("lac-bastion", "gone")
    result = ask("lac-bastion", "lac-router-2")
    bastion, router = result["hosts"]
    assert (bastion["reached"], bastion["failed"], router["failed"]) == (False, 1, 0)
    assert "No route to host" in bastion["failures"][0]["message"]
    assert router["passed"] > 150


def test_another_account_than_was_recorded_is_nobodys(ask: Ask, ground: Ground) -> None:
    facts = deepcopy(dict(HOSTS["lac-bastion"].facts))
    facts["sudo"]["User_Specs"][0]["User_List"] = [{"username": "\x1b[31m$(touch pwned)"}]
    ground.answers("lac-bastion", facts)
    (bastion,) = ask("lac-bastion")["hosts"]
    assert {"R33", "R39"} <= {each["rule"] for each in bastion["failures"]}


def test_a_host_that_is_not_declared_is_wrong_input() -> None:
    with pytest.raises(InputError, match="nearest: lac-bastion"):
        verify("sandbox", ["lac-bastin"], None, as_json=False)


def test_where_no_host_runs_the_machine_lacks_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("METROPOLE_STATE", str(tmp_path))
    with pytest.raises(MachineError, match="no host of sandbox runs") as caught:
        running_hosts(choose_territory("sandbox"))
    assert caught.value.remedy == "./metro up --tier host -t sandbox"


def test_hosts_are_chosen_by_group_as_well() -> None:
    chosen = choose_hosts(SANDBOX, ["role_bastion", "lac-router-1"], groups=True)
    assert [host.name for host in chosen] == ["lac-bastion", "pessac-bastion", "lac-router-1"]
    with pytest.raises(InputError, match="nearest: role_bastion"):
        choose_hosts(SANDBOX, ["role_bastio"], groups=True)
    with pytest.raises(InputError):
        choose_hosts(SANDBOX, ["role_bastion"])
