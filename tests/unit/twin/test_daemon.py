"""The daemon as a process, with a simulator that starts in no time."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tests.unit.twin.conftest import eventually, gone
from twin.client import TwinClient, connect, ensure_daemon
from twin.errors import DaemonError, PortTaken, TwinError, WorldFileError


@pytest.fixture
def client(state: Path, vcsim: Path) -> TwinClient:
    return ensure_daemon(state, vcsim)


def test_there_is_none_until_somebody_starts_it(state: Path, vcsim: Path) -> None:
    assert connect(state) is None
    started = ensure_daemon(state, vcsim)
    found = connect(state)
    assert found is not None
    assert found.status().pid == started.rendezvous.pid


def test_it_is_detached_and_private(client: TwinClient, state: Path) -> None:
    pid = client.rendezvous.pid
    assert os.getsid(pid) == pid
    (listener,) = [each for each in psutil.Process(pid).net_connections() if each.status == psutil.CONN_LISTEN]
    assert listener.laddr[0] == "127.0.0.1"
    for name in ("daemon.json", "daemon.log", "daemon.lock"):
        assert stat.S_IMODE((state / name).stat().st_mode) == 0o600


def test_it_keeps_nothing_of_the_real_world(state: Path, vcsim: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("AWS_SECRET_ACCESS_KEY", "VSPHERE_PASSWORD", "HTTPS_PROXY", "https_proxy", "PULUMI_ACCESS_TOKEN")
    for name in names:
        monkeypatch.setenv(name, "real")
    pid = ensure_daemon(state, vcsim).rendezvous.pid
    world = state / "worlds" / "sandbox"
    assert not world.exists()
    # /proc/PID/environ shows how a process was started: what it starts in turn shows what it kept.
    assert "real" not in _environment_of_a_child(pid, state, vcsim, names)


def _environment_of_a_child(pid: int, state: Path, vcsim: Path, names: tuple[str, ...]) -> str:
    directory = state / "worlds" / "sandbox"
    directory.mkdir(parents=True)
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        port = holder.getsockname()[1]
    vcenter = {"id": "lac", "instance_uuid": "6f0c5ba5-918c-4c26-9ea8-aa87270649f9", "port": port}
    (directory / "world.yaml").write_text(json.dumps({"schema": 1, "territory": "sandbox", "vcenters": [vcenter]}))
    (directory / "credentials.yaml").write_text("{}\n")
    ensure_daemon(state, vcsim).start_world(directory)
    (child,) = psutil.Process(pid).children()
    return str({name: child.environ().get(name) for name in names})


def test_many_may_start_it_at_once_and_get_the_same(state: Path, vcsim: Path) -> None:
    with ThreadPoolExecutor(6) as pool:
        clients = list(pool.map(ensure_daemon, [state] * 6, [vcsim] * 6))
    assert len({client.rendezvous.pid for client in clients}) == 1


def test_a_stranger_gets_no_answer(client: TwinClient) -> None:
    for request in (b'{"op":"status","token":"guess"}\n', b'{"op":"status"}\n', b"GET / HTTP/1.1\r\n\r\n", b"[1]\n"):
        with socket.create_connection(("127.0.0.1", client.rendezvous.port), 5) as connection:
            connection.sendall(request)
            assert connection.recv(100) == b""
    client.ping()


def test_an_unknown_operation_is_named(client: TwinClient) -> None:
    with pytest.raises(DaemonError, match="does not know the operation 'fly'"):
        client._ask("fly", 5)  # pyright: ignore[reportPrivateUsage] - no public method says such a thing


def test_a_world_starts_once_and_ends(client: TwinClient, world: Path) -> None:
    started = client.start_world(world)
    assert started.running
    assert not started.lost
    assert started.recorded_world_id is None
    assert [vcenter.id for vcenter in started.vcenters] == ["lac", "pessac"]
    assert client.start_world(world) == started
    assert client.status().worlds == (started,)
    client.stop_world("sandbox")
    assert client.status().worlds == ()
    assert all(gone(vcenter.pid) for vcenter in started.vcenters)
    client.stop_world("sandbox")


def test_two_may_start_one_world_at_once(client: TwinClient, world: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert len({status.world_id for status in pool.map(client.start_world, [world] * 4)}) == 1


def test_a_world_that_was_ended_is_another_one_the_next_time(client: TwinClient, world: Path) -> None:
    first = client.start_world(world)
    client.acknowledge_loss("sandbox")
    client.stop_world("sandbox")
    second = client.start_world(world)
    assert second.world_id != first.world_id
    assert second.recorded_world_id == first.world_id
    assert second.lost
    assert not client.acknowledge_loss("sandbox").lost


def test_a_simulator_that_dies_is_not_restarted_in_silence(client: TwinClient, world: Path) -> None:
    first = client.acknowledge_loss(client.start_world(world).territory)
    victim, survivor = first.vcenters
    assert victim.pid is not None
    os.kill(victim.pid, signal.SIGKILL)
    assert eventually(lambda: not client.status().worlds[0].running)
    (status,) = client.status().worlds
    assert status.lost
    assert [vcenter.pid for vcenter in status.vcenters] == [None, survivor.pid]
    second = client.start_world(world)
    assert second.running
    assert second.lost
    assert gone(survivor.pid)


def test_nothing_is_left_of_a_simulator_that_was_killed(client: TwinClient, world: Path) -> None:
    victim, survivor = client.start_world(world).vcenters
    assert (world / f"{victim.id}.tmp" / "datastore").exists()
    for vcenter in (victim, survivor):
        assert vcenter.pid is not None
        os.kill(vcenter.pid, signal.SIGKILL)
    assert eventually(lambda: not client.status().worlds[0].running)
    client.stop_world("sandbox")
    assert not [*world.glob("*.tmp")]


def test_a_changed_world_file_is_seen(client: TwinClient, world: Path) -> None:
    assert not client.start_world(world).outdated
    with (world / "world.yaml").open("a") as stream:
        stream.write("# one more host\n")
    assert client.start_world(world).outdated


def test_code_that_changed_since_it_started_is_seen(
    client: TwinClient, world: Path, vcsim: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.start_world(world)
    assert not client.outdated_code
    rebuilt = vcsim.with_name("vcsim-of-newer-sources")
    rebuilt.symlink_to(vcsim)
    assert ensure_daemon(client.state, rebuilt).outdated_code
    monkeypatch.setattr("twin.client.code_digest", lambda: "of newer sources")
    assert client.outdated_code


def test_a_port_that_is_taken_names_its_owner(client: TwinClient, world: Path) -> None:
    port = int((world / "world.yaml").read_text().split("port: ")[2].split()[0])
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", port))
        holder.listen()
        with pytest.raises(PortTaken) as caught:
            client.start_world(world)
    assert f"port {port} of vCenter pessac (sandbox) is taken by process {os.getpid()}" in caught.value.message
    assert "./metro twin reset --territory sandbox" in caught.value.remedy
    assert client.status().worlds == ()
    assert client.start_world(world).running


def test_a_simulator_that_does_not_start_says_why(client: TwinClient, world: Path) -> None:
    (world / "credentials.yaml").write_text("broken\n")
    with pytest.raises(DaemonError, match=r"lac of sandbox ended with code 1: credentials\.yaml: no user"):
        client.start_world(world)


def test_a_missing_simulator_says_who_builds_it(state: Path, world: Path) -> None:
    with pytest.raises(DaemonError) as caught:
        ensure_daemon(state, Path("/nowhere/vcsim")).start_world(world)
    assert "/nowhere/vcsim does not start: No such file" in caught.value.message
    assert caught.value.remedy == "`./metro twin up` builds the one of these sources"


def test_a_broken_world_file_arrives_as_what_it_is(client: TwinClient, world: Path) -> None:
    (world / "world.yaml").write_text("schema: 9\n")
    with pytest.raises(WorldFileError, match="schema is 9"):
        client.start_world(world)


def test_a_fault_of_the_daemon_is_told(client: TwinClient, world: Path) -> None:
    (world / "world-id").mkdir()
    with pytest.raises(DaemonError) as caught:
        client.start_world(world)
    assert caught.value.message == "unexpected IsADirectoryError in the daemon"
    assert caught.value.remedy == "see daemon.log"


def test_one_territory_is_run_from_one_directory(client: TwinClient, world: Path, tmp_path: Path) -> None:
    client.start_world(world)
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("world.yaml", "credentials.yaml"):
        (copy / name).write_bytes((world / name).read_bytes())
    with pytest.raises(TwinError, match=f"already runs sandbox from {world}"):
        client.start_world(copy)


def test_acknowledging_needs_a_world(client: TwinClient) -> None:
    with pytest.raises(TwinError) as caught:
        client.acknowledge_loss("atlantis")
    assert caught.value.message == "the twin has no world of atlantis"


@pytest.mark.parametrize("how", ["SIGTERM", "client", "SIGKILL"])
def test_its_end_is_the_end_of_every_simulator(client: TwinClient, world: Path, state: Path, how: str) -> None:
    status = client.start_world(world)
    if how == "client":
        client.shutdown()
    else:
        os.kill(client.rendezvous.pid, signal.Signals[how])
    assert eventually(lambda: gone(client.rendezvous.pid))
    assert eventually(lambda: all(gone(vcenter.pid) for vcenter in status.vcenters))
    assert connect(state) is None
    assert (state / "daemon.json").exists() == (how == "SIGKILL")


def test_it_ends_when_its_state_directory_is_removed_and_leaves_its_successor_alone(
    client: TwinClient, world: Path, state: Path, vcsim: Path
) -> None:
    vcenters = client.start_world(world).vcenters
    shutil.rmtree(state)
    successor = ensure_daemon(state, vcsim)
    assert successor.rendezvous.pid != client.rendezvous.pid
    assert eventually(lambda: gone(client.rendezvous.pid), 10)
    assert all(gone(vcenter.pid) for vcenter in vcenters)
    successor.ping()
    assert connect(state) is not None


def test_after_a_kill_the_next_one_starts_at_once_and_the_world_is_known_as_lost(
    client: TwinClient, world: Path, state: Path, vcsim: Path
) -> None:
    before = client.start_world(world)
    client.acknowledge_loss("sandbox")
    os.kill(client.rendezvous.pid, signal.SIGKILL)
    after = ensure_daemon(state, vcsim).start_world(world)
    assert after.lost
    assert after.recorded_world_id == before.world_id


def test_a_daemon_that_is_gone_is_an_error_with_a_remedy(client: TwinClient, state: Path) -> None:
    client.shutdown()
    with pytest.raises(DaemonError) as caught:
        client.status()
    assert "does not answer status" in caught.value.message
    assert str(state / "daemon.log") in caught.value.remedy


def test_its_log_is_bounded(client: TwinClient, state: Path) -> None:
    with (state / "daemon.log").open("ab") as log:
        log.write(b"x" * (4 * 1024 * 1024))
    with pytest.raises(TwinError):
        client.acknowledge_loss("atlantis")
    client.shutdown()
    assert "has ended" in (state / "daemon.log").read_text()
    assert (state / "daemon.log").stat().st_size < 1000
    assert (state / "daemon.log.1").exists()
