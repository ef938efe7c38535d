"""Providers served by the daemon: one for each that asks, tied to the world they are configured for."""

from __future__ import annotations

import gc
import json
import os
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent import futures
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import psutil
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2_grpc
from pulumi.runtime.proto import provider_pb2 as pb

from providers.marshal import to_struct
from providers.values import property_value
from tests.unit.providers.memory import MemoryLogic
from tests.unit.twin.conftest import eventually
from twin.client import TwinClient, connect
from twin.daemon.service import Service
from twin.packages import Package
from twin.rendezvous import take_lock

URN = "urn:pulumi:dev::metropole::memory:index:Thing::a"


@dataclass
class Daemon:
    """A daemon inside the test's own process, so that its threads can be counted."""

    client: TwinClient
    logics: list[MemoryLogic] = field(default_factory=list[MemoryLogic])


@pytest.fixture
def daemon(state: Path, vcsim: Path) -> Iterator[Daemon]:
    state.mkdir(exist_ok=True)
    logics: list[MemoryLogic] = []

    def make(_worlds: object) -> MemoryLogic:
        logics.append(MemoryLogic())
        return logics[-1]

    packages: Mapping[str, Package] = {
        "memory": Package("1.2.3", make, lambda config: str(config["server"].value) if "server" in config else "")
    }
    lock = take_lock(state)
    assert lock is not None
    service = Service(state, vcsim, packages)
    service.open()
    client = connect(state)
    assert client is not None
    yield Daemon(client, logics)
    service.close()
    os.close(lock)


def ask_for_provider(daemon: Daemon, engine: str = "", package: str = "memory") -> tuple[socket.socket, int]:
    """What a plugin executable does."""
    connection = socket.create_connection(("127.0.0.1", daemon.client.rendezvous.port), 5)
    request = {"token": daemon.client.rendezvous.token, "op": "provider", "package": package, "engine": engine}
    connection.sendall(json.dumps(request).encode() + b"\n")
    answer = json.loads(connection.makefile("rb").readline())
    assert answer["ok"], answer
    return connection, answer["port"]


class FakeEngine(engine_pb2_grpc.EngineServicer):
    """Takes the lines a provider wants shown."""

    def __init__(self) -> None:
        self.lines: list[tuple[int, str]] = []

    def Log(self, request: engine_pb2.LogRequest, context: object) -> empty_pb2.Empty:  # noqa: N802 - the protocol's
        self.lines.append((request.severity, request.message))
        return empty_pb2.Empty()


@pytest.fixture
def engine() -> Iterator[tuple[FakeEngine, str]]:
    fake = FakeEngine()
    server = grpc.server(futures.ThreadPoolExecutor(2))
    engine_pb2_grpc.add_EngineServicer_to_server(fake, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield fake, f"127.0.0.1:{port}"
    server.stop(0).wait()


def configure(stub: provider_pb2_grpc.ResourceProviderStub, server: str) -> None:
    stub.Configure(pb.ConfigureRequest(args=to_struct({"server": property_value(server)})))


def create(stub: provider_pb2_grpc.ResourceProviderStub, preview: bool = False) -> None:
    properties = to_struct({"name": property_value("a")})
    stub.Create(pb.CreateRequest(urn=URN, properties=properties, preview=preview))


def test_each_connection_has_a_provider_of_its_own(daemon: Daemon, world: Path) -> None:
    first, second = (vcenter.server for vcenter in daemon.client.start_world(world).vcenters)
    (one, port_one), (two, port_two) = ask_for_provider(daemon), ask_for_provider(daemon)
    with (
        one,
        two,
        grpc.insecure_channel(f"127.0.0.1:{port_one}") as channel_one,
        grpc.insecure_channel(f"127.0.0.1:{port_two}") as channel_two,
    ):
        configure(provider_pb2_grpc.ResourceProviderStub(channel_one), first)
        configure(provider_pb2_grpc.ResourceProviderStub(channel_two), second)
        assert [logic.config["server"].value for logic in daemon.logics] == [first, second]
        assert daemon.client.status().providers == 2
    assert eventually(lambda: daemon.client.status().providers == 0)


def test_200_providers_leave_no_thread_and_no_descriptor_behind(daemon: Daemon) -> None:
    def use_one() -> None:
        connection, port = ask_for_provider(daemon)
        with connection, grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            provider_pb2_grpc.ResourceProviderStub(channel).GetPluginInfo(empty_pb2.Empty(), timeout=5)

    def settled() -> bool:
        gc.collect()
        return daemon.client.status().providers == 0

    process = psutil.Process()
    for _ in range(20):
        use_one()
    assert eventually(settled)
    time.sleep(0.5)
    threads, descriptors = process.num_threads(), process.num_fds()
    for _ in range(200):
        use_one()
    assert eventually(settled)
    assert eventually(lambda: process.num_threads() <= threads + 2), [each.name for each in threading.enumerate()]
    assert eventually(lambda: process.num_fds() <= descriptors + 4)
    assert all(logic.closed.is_set() for logic in daemon.logics)


def test_an_operation_under_way_ends_before_its_provider_does(daemon: Daemon, world: Path) -> None:
    server = daemon.client.start_world(world).vcenters[0].server
    connection, port = ask_for_provider(daemon)
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        configure(stub, server)
        (logic,) = daemon.logics
        waiting = to_struct({"fail": property_value("wait")})
        call = stub.Create.future(pb.CreateRequest(urn=URN, properties=waiting))
        assert eventually(lambda: bool(logic.seen))
        connection.close()
        time.sleep(0.2)
        assert not logic.closed.is_set()
        logic.cancel()
        assert "cancelled" in str(call.exception(timeout=5))
    assert eventually(logic.closed.is_set)


def test_an_operation_ends_although_its_engine_was_killed(daemon: Daemon, world: Path) -> None:
    server = daemon.client.start_world(world).vcenters[0].server
    connection, port = ask_for_provider(daemon)
    channel = grpc.insecure_channel(f"127.0.0.1:{port}")
    stub = provider_pb2_grpc.ResourceProviderStub(channel)
    configure(stub, server)
    (logic,) = daemon.logics
    # Kept: a call that nobody holds any more is cancelled when it is collected.
    under_way = stub.Create.future(pb.CreateRequest(urn=URN, properties=to_struct({"fail": property_value("wait")})))
    assert eventually(lambda: bool(logic.seen))
    channel.close()
    assert under_way.done()
    connection.close()
    time.sleep(0.2)
    assert not logic.closed.is_set()
    assert daemon.client.status().providers == 1
    logic.cancel()
    assert eventually(logic.closed.is_set)


def test_a_package_without_a_stand_in_is_refused_by_name(daemon: Daemon) -> None:
    with pytest.raises(AssertionError, match="the twin does not stand in for package azure"):
        ask_for_provider(daemon, package="azure")


def test_an_address_outside_the_twin_is_refused(daemon: Daemon) -> None:
    connection, port = ask_for_provider(daemon)
    with connection, grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        with pytest.raises(grpc.RpcError) as caught:
            configure(provider_pb2_grpc.ResourceProviderStub(channel), "vcenter.bordeaux-metropole.fr")
        assert caught.value.code() == grpc.StatusCode.FAILED_PRECONDITION
        assert "no world of the twin has a server at vcenter.bordeaux-metropole.fr" in str(caught.value.details())
        assert not daemon.logics[0].config


def test_the_first_creation_records_the_world_and_a_preview_does_not(daemon: Daemon, world: Path) -> None:
    status = daemon.client.start_world(world)
    connection, port = ask_for_provider(daemon)
    with connection, grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        configure(stub, status.vcenters[0].server)
        create(stub, preview=True)
        assert daemon.client.status().worlds[0].recorded_world_id is None
        create(stub)
        assert daemon.client.status().worlds[0].recorded_world_id == status.world_id
    assert (world / "world-id").read_text() == f"{status.world_id}\n"


def test_a_lost_world_is_told_once_to_each_engine_and_stays_known(
    daemon: Daemon, world: Path, engine: tuple[FakeEngine, str]
) -> None:
    fake, address = engine
    (world / "world-id").write_text("an-older-world\n")
    status = daemon.client.start_world(world)

    def deploy() -> None:
        """One stack, whose engine has a provider for each vCenter and ends them all when it is done."""
        with ExitStack() as providers:
            for vcenter in status.vcenters:
                connection, port = ask_for_provider(daemon, address)
                providers.enter_context(connection)
                channel = providers.enter_context(grpc.insecure_channel(f"127.0.0.1:{port}"))
                stub = provider_pb2_grpc.ResourceProviderStub(channel)
                configure(stub, vcenter.server)
                create(stub)
        assert eventually(lambda: daemon.client.status().providers == 0)

    deploy()
    ((severity, line),) = fake.lines
    assert severity == engine_pb2.WARNING
    assert "the twin's world of sandbox was lost" in line
    assert "`./metro up --territory sandbox`" in line
    assert "`./metro twin reset --territory sandbox`" in line
    assert daemon.client.status().worlds[0].lost
    deploy()
    assert len(fake.lines) == 2, "an engine with the port of an earlier one is warned as well"


def test_an_engine_that_does_not_listen_stops_nothing(daemon: Daemon, world: Path) -> None:
    (world / "world-id").write_text("an-older-world\n")
    server = daemon.client.start_world(world).vcenters[0].server
    connection, port = ask_for_provider(daemon, engine="127.0.0.1:1")
    with connection, grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        configure(provider_pb2_grpc.ResourceProviderStub(channel), server)
    assert daemon.logics[0].config


def test_a_dead_simulator_is_named_before_anything_is_tried(daemon: Daemon, world: Path) -> None:
    victim = daemon.client.start_world(world).vcenters[0]
    assert victim.pid is not None
    os.kill(victim.pid, 9)
    assert eventually(lambda: not daemon.client.status().worlds[0].running)
    connection, port = ask_for_provider(daemon)
    with connection, grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        with pytest.raises(grpc.RpcError) as caught:
            configure(provider_pb2_grpc.ResourceProviderStub(channel), victim.server)
        said = str(caught.value.details())
    assert f"the simulated server at {victim.server} has ended" in said
    assert "./metro up --territory sandbox" in said
