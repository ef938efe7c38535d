"""The plugin executable, started as the engine starts it."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2_grpc

from tests.unit.twin.conftest import eventually, gone
from twin.client import TwinClient, ensure_daemon
from twin.plugins import install_plugins


@pytest.fixture
def plugin(tmp_path: Path, state: Path) -> Path:
    state.mkdir(exist_ok=True)
    install_plugins(tmp_path / "home", state)
    return tmp_path / "home" / "plugins" / "resource-vsphere-v4.17.1" / "pulumi-resource-vsphere"


@pytest.fixture
def client(state: Path, vcsim: Path) -> TwinClient:
    return ensure_daemon(state, vcsim)


def start(plugin: Path) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    return subprocess.Popen([plugin, "127.0.0.1:1"], stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True)


def port_of(process: subprocess.Popen[bytes]) -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


def test_it_is_written_where_the_engine_looks_and_only_when_it_changed(plugin: Path, state: Path) -> None:
    assert stat.S_IMODE(plugin.stat().st_mode) == 0o755
    before = plugin.stat().st_ino
    install_plugins(plugin.parents[2], state)
    assert plugin.stat().st_ino == before
    assert [path.name for path in plugin.parent.iterdir()] == ["pulumi-resource-vsphere"]


def test_a_path_with_blanks_and_quotes_is_no_obstacle(tmp_path: Path, vcsim: Path) -> None:
    state = tmp_path / "it's my state"
    client = ensure_daemon(state, vcsim)
    install_plugins(tmp_path / "my home", state)
    (executable,) = (tmp_path / "my home").glob("plugins/resource-vsphere-*/pulumi-resource-vsphere")
    process = start(executable)
    assert port_of(process) > 0
    process.communicate()
    client.shutdown()


def test_without_a_daemon_it_says_so_in_one_line(plugin: Path) -> None:
    output, errors = start(plugin).communicate(timeout=10)
    assert output == b""
    assert errors.decode() == (
        "the twin that vsphere is simulated in is not running: start it with `./metro twin up`, then run this again\n"
    )


def test_it_prints_a_port_that_answers_and_ends_with_its_standard_input(client: TwinClient, plugin: Path) -> None:
    process = start(plugin)
    with grpc.insecure_channel(f"127.0.0.1:{port_of(process)}") as channel:
        info = provider_pb2_grpc.ResourceProviderStub(channel).GetPluginInfo(empty_pb2.Empty(), timeout=10)
    assert info.version == "4.17.1"
    assert client.status().providers == 1
    output, errors = process.communicate(timeout=10)
    assert (output, errors, process.returncode) == (b"", b"", 0)
    assert eventually(lambda: client.status().providers == 0)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_however_it_is_ended_its_provider_is_given_back(client: TwinClient, plugin: Path, how: signal.Signals) -> None:
    process = start(plugin)
    port_of(process)
    os.killpg(process.pid, how)
    _, errors = process.communicate(timeout=10)
    assert errors == b""
    assert eventually(lambda: client.status().providers == 0)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_it_ends_with_the_daemon(client: TwinClient, plugin: Path, how: signal.Signals) -> None:
    process = start(plugin)
    port_of(process)
    os.kill(client.rendezvous.pid, how)
    assert process.stderr is not None
    assert process.wait(10) == 1
    assert process.stderr.read().decode() == "the twin's daemon has ended, and every provider with it\n"
    assert eventually(lambda: gone(client.rendezvous.pid))


def test_starting_it_takes_python_and_nothing_else(client: TwinClient, plugin: Path) -> None:
    """An engine starts several a stack: what they say is said by the daemon, which has all libraries already."""
    process = start(plugin)
    port_of(process)
    maps = Path(f"/proc/{process.pid}/maps").read_text()
    process.communicate()
    assert "/site-packages/" not in maps
