"""Where a twin ends: other territories, wrong input, ports that are taken, what other users of the machine can see."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pyVmomi import vim

from operations.yaml_files import read_mapping
from tests.twin.operations.cloud_reader import CloudReader
from tests.twin.operations.metro import CHECKOUT, Metro

pytestmark = [pytest.mark.api, pytest.mark.slow]


def test_a_host_added_to_the_territory_joins_the_world_that_runs(metro: Metro, tmp_path: Path) -> None:
    grown = tmp_path / "sandbox"
    shutil.copytree(CHECKOUT / "stacks" / "territories" / "sandbox", grown)
    metro.succeed("up", "-t", str(grown), "--only", "datacenters")
    sites = grown / "sites.yaml"
    known = "      - {name: lac-esxi-2,"
    added = "      - {name: lac-esxi-3, feed: feed-b, cpu_cores: 16, memory_gib: 64}\n"
    sites.write_text(sites.read_text().replace(known, added + known))

    answer = metro.succeed("up", "-t", str(grown), "--only", "datacenters")

    assert "lac-esxi-3" in metro.vcenters()["lac"].names(vim.HostSystem)
    (stack,) = answer.json["stacks"]
    assert stack["created"] == 1
    assert stack["replaced"] == stack["deleted"] == 0


def test_two_territories_do_not_see_each_other(metro: Metro, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    shutil.copytree(CHECKOUT / "stacks" / "territories" / "sandbox", other)
    for file in other.glob("*.yaml"):
        file.write_text(file.read_text().replace("name: sandbox", "name: elsewhere"))
    metro.succeed("up", "-t", "sandbox", "--only", "datacenters")
    metro.succeed("up", "-t", str(other), "--only", "datacenters")
    before = {name: vcenter.counts() for name, vcenter in metro.vcenters().items()}

    metro.succeed("down", "-t", str(other))

    assert {name: vcenter.counts() for name, vcenter in metro.vcenters().items()} == before
    assert [world["territory"] for world in metro.succeed("twin", "status").json["worlds"]] == ["sandbox"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("up", "-t", "sandbax"), 2, "sandbox"),
        (("up", "-t", "sandbox", "--tier", "cloud"), 2, "cloud"),
        (("up", "-t", "sandbox", "--only", "networks"), 2, "datacenters, network, services"),
        (("up", "-t", "sandbox", "--tier", "real"), 2, "Pulumi.sandbox-datacenters.yaml"),
        (("twin", "shell", "lac-bastion"), 3, "no host of bordeaux runs"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_wrong_input_is_told_and_nothing_is_started(
    metro: Metro, arguments: tuple[str, ...], code: int, words: str
) -> None:
    if arguments[:2] == ("twin", "shell"):
        answer = subprocess.run(
            [sys.executable, "-m", "operations", *arguments],
            cwd=CHECKOUT,
            env=metro.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.returncode == code
        assert words in answer.stderr
        return
    told = metro.run(*arguments)
    assert told.code == code, told.stderr
    assert words in told.stderr
    assert told.json["error"]["exit_code"] == code
    assert "Traceback" not in told.stderr
    assert not (metro.state / "daemon.json").exists()


def test_a_port_that_somebody_took_is_told_with_the_way_out(metro: Metro) -> None:
    metro.succeed("twin", "up", "-t", "sandbox")
    metro.succeed("twin", "down")
    world = read_mapping(metro.state / "worlds" / "sandbox" / "world.yaml")
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", world["vcenters"][0]["port"]))
        thief.listen()
        answer = metro.run("up", "-t", "sandbox")
        assert answer.code == 3, answer.stderr
        assert str(world["vcenters"][0]["port"]) in answer.json["error"]["message"]
        assert answer.json["error"]["remedy"]
        metro.succeed("twin", "reset", "-t", "sandbox")
        metro.succeed("twin", "up", "-t", "sandbox")


def test_no_secret_is_ever_an_argument_of_a_process(metro: Metro) -> None:
    """Every engine command passes through `/proc/PID/cmdline`, which all users can read."""
    recorder = metro.state / "recorder"
    recorder.mkdir()
    seen = recorder / "arguments"
    code = (
        "import json, sys, operations.deployment.engine_process as e\n"
        "start = e.EngineProcesses.start\n"
        "def recording(self, argv, **settings):\n"
        f"    with open({str(seen)!r}, 'a') as file: file.write(json.dumps(argv) + '\\n')\n"
        "    return start(self, argv, **settings)\n"
        "e.EngineProcesses.start = recording\n"
        "from operations.command import main\n"
        "main(['up', '-t', 'sandbox', '--only', 'datacenters', '--only', 'account'])\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, env=metro.environment(), capture_output=True, check=True)
    arguments = seen.read_text()
    assert "vcenterPasswords" in arguments
    assert "cloudKeys" in arguments
    secrets = [vcenter.password for vcenter in metro.vcenters().values()]
    secrets += [CloudReader.of(metro).key, metro.project.passphrase.read_text().strip()]
    assert not [secret for secret in secrets if secret in arguments]
