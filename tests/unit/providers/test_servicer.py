"""The servicer, spoken to over gRPC as the engine does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import cast

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc, status_pb2

from providers.logic import Change, DiffResult
from providers.marshal import from_struct, to_struct
from providers.server import MAX_MESSAGE_BYTES, ProviderServer
from providers.values import UNKNOWN, is_unknown, property_value
from tests.unit.providers.memory import MemoryLogic

URN = "urn:pulumi:dev::metropole::metropole:index:Datacenter$memory:index:Thing::lac"


def wire(**values: object) -> struct_pb2.Struct:
    return to_struct({key: property_value(value) for key, value in values.items()})


@pytest.fixture
def logic() -> MemoryLogic:
    return MemoryLogic()


@pytest.fixture
def stub(logic: MemoryLogic) -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    server = ProviderServer(logic)
    options = [
        ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
        ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
        ("grpc.max_metadata_size", 16 << 20),
        ("grpc.absolute_max_metadata_size", 16 << 20),
    ]
    with grpc.insecure_channel(f"127.0.0.1:{server.port}", options) as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)
    server.stop(grace=5)
    assert logic.closed.is_set()


def test_introduction(stub: provider_pb2_grpc.ResourceProviderStub) -> None:
    assert stub.Handshake(pb.ProviderHandshakeRequest(engine_address="127.0.0.1:1")).accept_secrets
    assert stub.GetPluginInfo(empty_pb2.Empty()).version == "1.2.3"
    assert "memory" in stub.GetSchema(pb.GetSchemaRequest()).schema


def test_the_engines_own_keys_are_kept_from_the_configuration(
    stub: provider_pb2_grpc.ResourceProviderStub, logic: MemoryLogic
) -> None:
    checked = stub.CheckConfig(pb.CheckRequest(news=wire(server="a", version="4.17.1")))
    assert from_struct(checked.inputs) == {"server": property_value("a")}
    answer = stub.Configure(pb.ConfigureRequest(args=wire(server="a", version="4.17.1")))
    assert answer.acceptSecrets
    assert answer.supportsPreview
    assert not answer.acceptResources
    assert logic.config == {"server": property_value("a")}


def test_a_refused_configuration_names_the_property(stub: provider_pb2_grpc.ResourceProviderStub) -> None:
    (failure,) = stub.CheckConfig(pb.CheckRequest(news=wire())).failures
    assert (failure.property, failure.reason) == ("server", "is required")


def test_another_server_replaces_the_provider(stub: provider_pb2_grpc.ResourceProviderStub) -> None:
    request = pb.DiffRequest(olds=wire(server="a", version="1"), news=wire(server="b", version="2"))
    answer = stub.DiffConfig(request)
    assert list(answer.replaces) == ["server"]
    assert answer.detailedDiff["server"].kind == pb.PropertyDiff.UPDATE_REPLACE
    same = pb.DiffRequest(olds=wire(server="a", version="1"), news=wire(server="a", version="2"))
    assert stub.DiffConfig(same).changes == pb.DiffResponse.DIFF_NONE


def test_check_fills_in_defaults_and_keeps_unknowns_and_secrets(
    stub: provider_pb2_grpc.ResourceProviderStub, logic: MemoryLogic
) -> None:
    news = {"name": UNKNOWN, "password": property_value("x", secret=True), "cpus": property_value(4)}
    answer = stub.Check(pb.CheckRequest(urn=URN, news=to_struct(news)))
    assert from_struct(answer.inputs) == {**news, "size": property_value(1)}
    assert logic.seen[-1][1] == "memory:index:Thing"


def test_check_prefers_the_type_it_is_told(stub: provider_pb2_grpc.ResourceProviderStub) -> None:
    answer = stub.Check(pb.CheckRequest(urn=URN, type="other:index:Thing", news=wire()))
    assert answer.failures[0].reason == "unknown type other:index:Thing"


def test_diff_of_equal_inputs_is_none(stub: provider_pb2_grpc.ResourceProviderStub) -> None:
    request = pb.DiffRequest(urn=URN, id="id-1", old_inputs=wire(a=1), olds=wire(a=1, address="x"), news=wire(a=1))
    answer = stub.Diff(request)
    assert answer.changes == pb.DiffResponse.DIFF_NONE
    assert answer.hasDetailedDiff


def test_diff_says_what_changes_and_what_replaces(
    stub: provider_pb2_grpc.ResourceProviderStub, logic: MemoryLogic
) -> None:
    answer = stub.Diff(
        pb.DiffRequest(
            urn=URN,
            id="id-1",
            old_inputs=wire(name="a", gone=1, size=2),
            olds=wire(name="a", gone=1, size=2),
            news=wire(name="b", fresh=True, size=3),
            ignoreChanges=["tags"],
        )
    )
    assert answer.changes == pb.DiffResponse.DIFF_SOME
    assert list(answer.replaces) == ["name"]
    assert list(answer.diffs) == ["fresh", "gone", "name", "size"]
    assert answer.deleteBeforeReplace
    kinds = {path: change.kind for path, change in answer.detailedDiff.items()}
    assert kinds == {
        "name": pb.PropertyDiff.UPDATE_REPLACE,
        "gone": pb.PropertyDiff.DELETE,
        "fresh": pb.PropertyDiff.ADD,
        "size": pb.PropertyDiff.UPDATE,
    }
    assert all(change.inputDiff for change in answer.detailedDiff.values())
    assert logic.seen[-1][-1] == ("tags",)


def test_a_drift_of_the_world_is_no_difference_of_inputs(stub: provider_pb2_grpc.ResourceProviderStub) -> None:
    request = pb.DiffRequest(urn=URN, id="id-1", old_inputs=wire(nics=[1]), olds=wire(nics=[2]), news=wire(nics=[1]))
    answer = stub.Diff(request)
    assert list(answer.diffs) == ["nics"]
    assert not answer.detailedDiff["nics[0]"].inputDiff


def test_a_drift_of_what_no_input_says_is_none_either(
    stub: provider_pb2_grpc.ResourceProviderStub, logic: MemoryLogic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def diff(*_: object) -> DiffResult:
        return DiffResult({"drift": Change.DELETE})

    monkeypatch.setattr(logic, "diff", diff)
    answer = stub.Diff(pb.DiffRequest(urn=URN, id="id-1", old_inputs=wire(name="a"), news=wire(name="a")))
    assert answer.detailedDiff["drift"].kind == pb.PropertyDiff.DELETE
    assert not answer.detailedDiff["drift"].inputDiff


def test_a_resource_lives_and_dies(stub: provider_pb2_grpc.ResourceProviderStub, logic: MemoryLogic) -> None:
    created = stub.Create(pb.CreateRequest(urn=URN, properties=wire(name="a", cpus=4, ratio=0.5), timeout=90))
    assert logic.seen[-1] == ("create", False, 90.0)
    assert created.id == "id-1"
    read = stub.Read(pb.ReadRequest(urn=URN, id="id-1"))
    assert from_struct(read.inputs) == from_struct(wire(name="a", cpus=4, ratio=0.5))
    assert from_struct(read.properties) == from_struct(created.properties)
    update = pb.UpdateRequest(urn=URN, id="id-1", olds=created.properties, old_inputs=read.inputs, news=wire(name="b"))
    assert from_struct(stub.Update(update).properties)["name"] == property_value("b")
    stub.Delete(pb.DeleteRequest(urn=URN, id="id-1", properties=created.properties, old_inputs=read.inputs))
    assert stub.Read(pb.ReadRequest(urn=URN, id="id-1")).id == ""
    assert logic.seen[-1][0] == "delete"


def test_a_preview_has_no_id_and_keeps_what_is_unknown(
    stub: provider_pb2_grpc.ResourceProviderStub, logic: MemoryLogic
) -> None:
    created = stub.Create(pb.CreateRequest(urn=URN, properties=wire(name="a"), preview=True))
    assert created.id == ""
    assert is_unknown(from_struct(created.properties)["address"])
    assert not logic.world


def test_a_secret_input_makes_a_secret_output(stub: provider_pb2_grpc.ResourceProviderStub) -> None:
    secret = property_value("hunter2", secret=True)
    inputs = {
        "password": secret,
        "login": property_value({"user": "a", "password": secret}),
        "name": property_value("a"),
    }
    created = from_struct(stub.Create(pb.CreateRequest(urn=URN, properties=to_struct(inputs))).properties)
    assert created["password"].is_secret
    assert not created["login"].is_secret
    assert created["login"].contains_secret()
    assert not created["name"].contains_secret()


def init_failure(error: grpc.RpcError) -> pb.ErrorResourceInitFailed:
    """The detail the engine looks for, found the way its gRPC library does."""
    assert isinstance(error, grpc.Call)
    metadata = cast("tuple[tuple[str, bytes], ...]", error.trailing_metadata())
    (packed,) = [value for key, value in metadata if key == "grpc-status-details-bin"]
    status = status_pb2.Status.FromString(packed)
    assert status.code == grpc.StatusCode.UNKNOWN.value[0]
    detail = pb.ErrorResourceInitFailed()
    assert status.details[0].type_url == "type.googleapis.com/pulumirpc.ErrorResourceInitFailed"
    assert status.details[0].Unpack(detail)
    return detail


@pytest.mark.parametrize("verb", ["create", "update"])
def test_a_half_made_resource_is_told_to_the_engine(stub: provider_pb2_grpc.ResourceProviderStub, verb: str) -> None:
    inputs = {"fail": property_value("partly"), "password": property_value("x" * 50_000, secret=True)}
    calls: dict[str, Callable[[], object]] = {
        "create": partial(stub.Create, pb.CreateRequest(urn=URN, properties=to_struct(inputs))),
        "update": partial(
            stub.Update, pb.UpdateRequest(urn=URN, id="id-half", olds=wire(address="x"), news=to_struct(inputs))
        ),
    }
    with pytest.raises(grpc.RpcError) as caught:
        calls[verb]()
    assert caught.value.code() == grpc.StatusCode.UNKNOWN
    assert caught.value.details() == "no tag; no role"
    detail = init_failure(caught.value)
    assert detail.id == "id-half"
    assert list(detail.reasons) == ["no tag", "no role"]
    assert from_struct(detail.properties)["password"].is_secret


def test_a_refusal_is_the_users_line_and_leaves_no_doubt_about_the_resource(
    stub: provider_pb2_grpc.ResourceProviderStub,
) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        stub.Create(pb.CreateRequest(urn=URN, properties=wire(fail="refuse")))
    assert caught.value.code() == grpc.StatusCode.FAILED_PRECONDITION
    assert caught.value.details() == "host lac-esxi-9 is not known to the vCenter: name one of world.yaml's"


def test_a_fault_is_one_line_for_the_user_and_a_traceback_in_the_log(
    stub: provider_pb2_grpc.ResourceProviderStub, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        stub.Create(pb.CreateRequest(urn=URN, properties=wire(fail="crash")))
    assert caught.value.code() == grpc.StatusCode.UNKNOWN
    assert caught.value.details() == (
        "unexpected ZeroDivisionError: first line (a fault of the provider; its log has the details)"
    )
    assert "Traceback" in caplog.text


def test_data_sources(stub: provider_pb2_grpc.ResourceProviderStub) -> None:
    answer = stub.Invoke(pb.InvokeRequest(tok="memory:index:getThing", args=wire(name="a")))
    assert from_struct(getattr(answer, "return")) == {"id": property_value("found"), "name": property_value("a")}
    refused = stub.Invoke(pb.InvokeRequest(tok="memory:index:getThing", args=wire()))
    assert refused.failures[0].reason == "is required"


def test_components_methods_and_parameters_are_refused(stub: provider_pb2_grpc.ResourceProviderStub) -> None:
    calls: tuple[Callable[[], object], ...] = (
        partial(stub.Construct, pb.ConstructRequest(type="memory:index:Whole")),
        partial(stub.Call, pb.CallRequest(tok="memory:index:do")),
        partial(stub.Parameterize, pb.ParameterizeRequest()),
    )
    for call in calls:
        with pytest.raises(grpc.RpcError) as caught:
            call()
        assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED
        assert "memory" in (caught.value.details() or "")


def test_cancel_is_heard_while_32_operations_are_under_way(
    stub: provider_pb2_grpc.ResourceProviderStub,
) -> None:
    request = pb.CreateRequest(urn=URN, properties=wire(fail="wait"))
    waiting = [stub.Create.future(request) for _ in range(32)]
    stub.Cancel(empty_pb2.Empty(), timeout=5)
    for call in waiting:
        assert "cancelled" in str(call.exception(timeout=5))


def test_a_message_far_above_grpcs_default_limit_passes(stub: provider_pb2_grpc.ResourceProviderStub) -> None:
    big = "x" * (20 << 20)
    created = stub.Create(pb.CreateRequest(urn=URN, properties=wire(big=big)))
    assert from_struct(created.properties)["big"] == PropertyValue(big)


def test_stop_waits_for_the_call_under_way(logic: MemoryLogic) -> None:
    server = ProviderServer(logic)
    with grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        call = stub.Create.future(pb.CreateRequest(urn=URN, properties=wire(fail="wait")))
        while not logic.seen:
            time.sleep(0.01)
        stopping = threading.Thread(target=server.stop, args=(None,))
        stopping.start()
        stopping.join(0.2)
        assert stopping.is_alive()
        assert not logic.closed.is_set()
        logic.cancel()
        assert "cancelled" in str(call.exception(timeout=5))
        stopping.join(5)
        assert logic.closed.is_set()
