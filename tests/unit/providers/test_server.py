"""A server ends when the work it began has ended, also when whoever asked for it is gone."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc

from providers.logic import CreateResult, Properties
from providers.server import ProviderServer
from tests.unit.providers.memory import MemoryLogic

URN = "urn:pulumi:dev::metropole::memory:index:Thing::a"


@dataclass
class SlowLogic(MemoryLogic):
    """A create that takes as long as the test wants."""

    begun: threading.Event = field(default_factory=threading.Event)
    may_end: threading.Event = field(default_factory=threading.Event)
    ended_open: bool | None = None

    def create(self, urn: str, type_: str, inputs: Properties, preview: bool, timeout: float) -> CreateResult:
        self.begun.set()
        assert self.may_end.wait(10)
        self.ended_open = not self.closed.is_set()
        return CreateResult("1", inputs)


def test_work_goes_on_to_its_end_after_the_engine_is_gone() -> None:
    logic = SlowLogic()
    server = ProviderServer(logic)
    channel = grpc.insecure_channel(f"127.0.0.1:{server.port}")
    pending = provider_pb2_grpc.ResourceProviderStub(channel).Create.future(pb.CreateRequest(urn=URN))
    assert logic.begun.wait(10)
    pending.cancel()
    channel.close()

    stopped = threading.Thread(target=server.stop, args=(10.0,))
    stopped.start()
    time.sleep(0.5)
    assert stopped.is_alive(), "the server did not wait for the work under way"
    logic.may_end.set()
    stopped.join(10)

    assert logic.ended_open is True
    assert logic.closed.is_set()


def test_patience_with_abandoned_work_has_an_end() -> None:
    logic = SlowLogic()
    server = ProviderServer(logic)
    with grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        pending = provider_pb2_grpc.ResourceProviderStub(channel).Create.future(pb.CreateRequest(urn=URN))
        assert logic.begun.wait(10)
        begun = time.monotonic()
        server.stop(0.3)
        assert time.monotonic() - begun == pytest.approx(0.3, abs=1.0)
        logic.may_end.set()
        pending.cancel()
