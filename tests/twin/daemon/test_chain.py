"""The whole way a request takes: plugin executable, daemon, provider, simulated vCenter; read back by pyVmomi."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc
from pyVim.connect import Disconnect, SmartConnect

from operations.worlds.world import VCenterAccess, World, prepare_world
from providers.marshal import from_struct, to_struct
from providers.values import plain_value, property_value
from territory.loader import load_territory
from twin.client import TwinClient, connect, ensure_daemon
from twin.plugins import install_plugins

pytestmark = pytest.mark.api

TYPE = "vsphere:index/datacenter:Datacenter"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return prepare_world(tmp_path, load_territory("sandbox"))


@pytest.fixture
def client(tmp_path: Path, vcsim_binary: Path, world: World) -> Iterator[TwinClient]:
    install_plugins(tmp_path / "home", tmp_path)
    client = ensure_daemon(tmp_path, vcsim_binary)
    client.start_world(world.directory)
    yield client
    living = connect(tmp_path)
    if living is not None:
        living.shutdown()


class Provider:
    """A provider instance, started and configured the way the engine does it."""

    def __init__(self, home: Path, access: VCenterAccess) -> None:
        (executable,) = home.glob("plugins/resource-vsphere-*/pulumi-resource-vsphere")
        self._process = subprocess.Popen(
            [executable, "127.0.0.1:1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, self._process.communicate()[1].decode()
        self._channel = grpc.insecure_channel(f"127.0.0.1:{int(line)}")
        self.stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        self.stub.Handshake(pb.ProviderHandshakeRequest(engine_address="127.0.0.1:1"))
        config = to_struct(
            {
                "vsphereServer": property_value(access.server),
                "user": property_value(access.user),
                "password": property_value(access.password, secret=True),
                "allowUnverifiedSsl": property_value("true"),
                "version": property_value("4.17.1"),
            }
        )
        checked = self.stub.CheckConfig(
            pb.CheckRequest(urn="urn:pulumi:dev::m::pulumi:providers:vsphere::a", news=config)
        )
        assert not checked.failures
        self.stub.Configure(pb.ConfigureRequest(args=config))

    def create(self, name: str) -> pb.CreateResponse:
        """Check, then make, a datacenter."""
        urn = f"urn:pulumi:dev::m::{TYPE}::{name}"
        checked = self.stub.Check(pb.CheckRequest(urn=urn, type=TYPE, news=to_struct({"name": property_value(name)})))
        assert not checked.failures
        return self.stub.Create(pb.CreateRequest(urn=urn, type=TYPE, properties=checked.inputs))

    def read(self, name: str, id_: str) -> pb.ReadResponse:
        """Read one back, as in an import."""
        return self.stub.Read(pb.ReadRequest(urn=f"urn:pulumi:dev::m::{TYPE}::{name}", type=TYPE, id=id_))

    def delete(self, name: str, created: pb.CreateResponse) -> None:
        """Remove one."""
        urn = f"urn:pulumi:dev::m::{TYPE}::{name}"
        self.stub.Delete(pb.DeleteRequest(urn=urn, type=TYPE, id=created.id, properties=created.properties))

    def close(self) -> None:
        """End it, as the engine does when it is done."""
        self._channel.close()
        self._process.communicate(timeout=10)


@contextmanager
def provider(home: Path, access: VCenterAccess) -> Generator[Provider]:
    started = Provider(home, access)
    try:
        yield started
    finally:
        started.close()


def datacenters(access: VCenterAccess) -> list[str]:
    """The names of what a vCenter has, by an independent client."""
    host, port = access.server.split(":")
    context = ssl._create_unverified_context()  # pyright: ignore[reportPrivateUsage] - the documented way around
    session: Any = SmartConnect(host=host, port=int(port), user=access.user, pwd=access.password, sslContext=context)
    try:
        return sorted(str(child.name) for child in session.content.rootFolder.childEntity)
    finally:
        Disconnect(session)


def test_two_providers_two_vcenters_and_no_cross_talk(tmp_path: Path, client: TwinClient, world: World) -> None:
    home = tmp_path / "home"
    lac, pessac = world.vcenters["lac"], world.vcenters["pessac"]
    with provider(home, lac) as one, provider(home, pessac) as two:
        with ThreadPoolExecutor(2) as pool:
            first, second = pool.map(Provider.create, [one, two], ["here", "there"])
        assert datacenters(lac) == ["here"]
        assert datacenters(pessac) == ["there"]
        read = one.read("here", first.id)
        assert plain_value(from_struct(read.inputs)["name"]) == "here"
        assert one.read("there", second.id).id == ""
        assert client.status().providers == 2
        one.delete("here", first)
        assert one.read("here", first.id).id == ""
        assert datacenters(lac) == []
        assert datacenters(pessac) == ["there"]


def test_a_world_that_dies_with_the_daemon_is_known_as_lost_by_the_next(
    tmp_path: Path, client: TwinClient, world: World, vcsim_binary: Path
) -> None:
    with provider(tmp_path / "home", world.vcenters["lac"]) as one:
        one.create("here")
    assert not client.start_world(world.directory).lost
    client.shutdown()
    status = ensure_daemon(tmp_path, vcsim_binary).start_world(world.directory)
    assert status.lost
    assert datacenters(world.vcenters["lac"]) == []


def test_a_login_with_other_credentials_is_refused_in_one_line(
    tmp_path: Path, client: TwinClient, world: World
) -> None:
    right = world.vcenters["lac"]
    wrong = VCenterAccess(right.server, right.instance_uuid, right.user, "guess", right.host_password)
    with pytest.raises(grpc.RpcError) as caught:
        Provider(tmp_path / "home", wrong)
    assert caught.value.code() == grpc.StatusCode.FAILED_PRECONDITION
    said = str(caught.value.details())
    assert "guess" not in said
    assert "\n" not in said
