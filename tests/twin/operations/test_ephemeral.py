"""Ephemeral territories beside others: the janitor takes the one whose time is up, whatever happened to it before."""

from __future__ import annotations

import signal
import subprocess
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import psutil
import pytest

from operations.ephemeral.lease import Leases
from operations.yaml_files import read_mapping, write_mapping
from tests.twin.operations.metro import Metro, finish

pytestmark = [pytest.mark.api, pytest.mark.slow]

ONE_LAYER = ("--only", "datacenters")


def let_time_pass(metro: Metro, name: str) -> None:
    """As if the time of an ephemeral territory had been up for an hour."""
    leases = Leases(metro.state)
    lease = leases.find(name)
    assert lease is not None
    leases.renew(lease.model_copy(update={"expires": datetime.now(UTC) - timedelta(hours=1)}))


def traces(metro: Metro, name: str) -> list[str]:
    """Everything of a territory but locks, which are empty, and logs."""
    found = [path.relative_to(metro.state) for path in metro.state.rglob(f"*{name}*")]
    return [str(path) for path in found if "locks" not in path.parts and "logs" not in path.parts]


def worlds(metro: Metro) -> list[str]:
    return [world["territory"] for world in metro.succeed("twin", "status").json["worlds"]]


def test_of_three_side_by_side_only_the_expired_one_goes(metro: Metro) -> None:
    metro.succeed("up", "-t", "sandbox", *ONE_LAYER)
    metro.succeed("up", "-t", "sandbox", "--ephemeral", "living", *ONE_LAYER)
    expired = metro.succeed("up", "-t", "sandbox", "--ephemeral", "expired", "--ttl", "1m")
    assert expired.json["territory"] == "expired"
    assert expired.json["expires"].endswith("Z")
    let_time_pass(metro, "expired")
    before = {name: metro.vcenters(name)["lac"].counts() for name in ("sandbox", "living")}

    seen = metro.succeed("janitor", "--dry-run")
    assert (seen.json["due"], seen.json["lives"]) == (["expired"], ["living"])
    assert sorted(worlds(metro)) == ["expired", "living", "sandbox"]
    assert metro.run("up", "-t", "expired").code == 1
    answer = metro.succeed("janitor")

    assert (answer.json["removed"], answer.json["lives"]) == (["expired"], ["living"])
    removed = next(each for each in answer.json["territories"] if each["name"] == "expired")
    assert all(stack["deleted"] > 0 for stack in removed["stacks"])
    assert len(removed["stacks"]) >= 3
    assert sorted(worlds(metro)) == ["living", "sandbox"]
    assert {name: metro.vcenters(name)["lac"].counts() for name in ("sandbox", "living")} == before
    assert traces(metro, "expired") == []
    assert traces(metro, "living")

    again = metro.succeed("janitor")
    assert (again.json["removed"], again.json["lives"]) == ([], ["living"])
    metro.succeed("down", "-t", "living")
    assert traces(metro, "living") == []
    assert metro.succeed("janitor").json["territories"] == []


def test_a_janitor_that_was_killed_is_followed_by_one_that_goes_on(metro: Metro) -> None:
    metro.succeed("up", "-t", "sandbox", "--ephemeral", "drill-7")
    let_time_pass(metro, "drill-7")
    for moment in (0.5, 2.0):
        process = metro.start("janitor")
        if not wait_for_engine(metro, process, "destroy"):
            break
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        for engine in metro.engines():
            engine.kill()
        assert Leases(metro.state).find("drill-7"), "the record goes last"

    answer = metro.succeed("janitor")

    assert answer.json["removed"] == ["drill-7"]
    assert traces(metro, "drill-7") == []
    assert not metro.engines()
    assert metro.succeed("twin", "status").json == {"running": False, "worlds": []}


def wait_for_engine(metro: Metro, process: subprocess.Popen[str], doing: str) -> bool:
    """Whether an engine came to do that before the command ended."""
    while process.poll() is None:
        with suppress(psutil.Error):
            if any(doing in engine.cmdline() for engine in metro.engines()):
                return True
        time.sleep(0.02)
    return False


def test_an_up_that_was_killed_leaves_nothing_the_janitor_cannot_find(metro: Metro) -> None:
    process = metro.start("up", "-t", "sandbox", "--ephemeral", "drill-7", *ONE_LAYER)
    assert wait_for_engine(metro, process, "up")
    process.kill()
    finish(process)
    let_time_pass(metro, "drill-7")

    assert metro.succeed("janitor").json["removed"] == ["drill-7"]

    assert traces(metro, "drill-7") == []
    assert not metro.engines()


def test_one_that_does_not_call_itself_ephemeral_any_more_is_left_alone(metro: Metro) -> None:
    metro.succeed("up", "-t", "sandbox", "--ephemeral", "drill-7", *ONE_LAYER)
    let_time_pass(metro, "drill-7")
    file = metro.project.configuration_file("drill-7-datacenters")
    document = read_mapping(file)
    write_mapping(file, {**document, "config": {**document["config"], "metropole:environment": "rehearsal"}})

    answer = metro.run("janitor")

    assert answer.code == 1
    assert answer.json["refused"] == ["drill-7"]
    assert "drill-7-datacenters is not ephemeral" in answer.stderr
    assert worlds(metro) == ["drill-7"]
    assert metro.vcenters("drill-7")["lac"].guests()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("janitor", "-t", "bordeaux"), "touches nothing else"),
        (("up", "-t", "sandbox", "--ttl", "2h"), "add --ephemeral"),
        (("up", "-t", "sandbox", "--ephemeral", "bordeaux"), "territory of this checkout"),
        (("up", "-t", "sandbox", "--ephemeral", "Drill"), "cannot be the name"),
        (("up", "-t", "sandbox", "--ephemeral", "drill-7", "--ttl", "soon"), "no time to live"),
        (("up", "-t", "sandbox", "--ephemeral", "drill-7", "--tier", "real"), "lives in a twin"),
        (("up", "-t", "sandbox", "--ephemeral", "drill-7", "--only", "account"), "account"),
    ],
)
def test_wrong_input_is_told_and_starts_nothing(metro: Metro, arguments: tuple[str, ...], words: str) -> None:
    told = metro.run(*arguments)
    assert told.code == 2, told.stderr
    assert words in told.stderr
    assert "Traceback" not in told.stderr
    assert not (metro.state / "daemon.json").exists()
    assert Leases(metro.state).all() == ([], [])
