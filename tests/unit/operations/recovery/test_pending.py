"""What becomes of operations an engine began and never saw the end of."""

from __future__ import annotations

from typing import Any

import pytest

from operations.errors import AnswerNo
from operations.recovery.identity import plain_inputs, provider_settings
from operations.recovery.pending import PendingOperation, UnknownIdentity, pending_operations, resolve, settled

FOLDER = "urn:pulumi:sandbox-datacenters::metropole::vsphere:index/folder:Folder::lac-routers"
MACHINE = "urn:pulumi:sandbox-network::metropole::vsphere:index/virtualMachine:VirtualMachine::lac-router-1"
PROVIDER = "urn:pulumi:sandbox-network::metropole::pulumi:providers:vsphere::vcenter-lac"


def operation(urn: str, kind: str = "creating") -> dict[str, Any]:
    return {
        "type": kind,
        "resource": {
            "urn": urn,
            "custom": True,
            "type": urn.split("::")[2],
            "provider": f"{PROVIDER}::11111111",
            "inputs": {"path": "routers"},
        },
    }


def deployment(*operations: dict[str, Any], resources: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"resources": list(resources), "pending_operations": list(operations)}


def nothing_there(_operation: PendingOperation) -> str | None:
    return None


def test_a_stack_without_pending_operations_needs_nothing() -> None:
    for state in (None, {}, deployment()):
        assert not resolve("s", state, nothing_there).needed


def test_a_create_that_happened_is_imported_under_its_id() -> None:
    resolution = resolve("s", deployment(operation(FOLDER)), lambda pending: f"group-{pending.inputs['path']}")
    assert resolution.imports == {FOLDER: "group-routers"}
    after = settled(deployment(operation(FOLDER)), resolution)
    assert after["pending_operations"] == []
    assert [(resource["urn"], resource["id"]) for resource in after["resources"]] == [(FOLDER, "group-routers")]


def test_a_create_that_did_not_happen_is_forgotten() -> None:
    resolution = resolve("s", deployment(operation(FOLDER)), nothing_there)
    assert resolution.cleared == (FOLDER,)
    assert settled(deployment(operation(FOLDER)), resolution) == deployment()


def test_a_create_that_happened_and_one_that_did_not_are_settled_together() -> None:
    state = deployment(operation(FOLDER), operation(MACHINE), operation(FOLDER, "updating"))
    resolution = resolve("s", state, lambda pending: "vm-1" if pending.urn == MACHINE else None)
    after = settled(state, resolution)
    assert [resource["urn"] for resource in after["resources"]] == [MACHINE]
    assert after["pending_operations"] == [operation(FOLDER, "updating")]


@pytest.mark.parametrize(
    ("mark", "left"),
    [({"pendingReplacement": True}, []), ({}, [{"urn": MACHINE, "id": "uuid-old", "type": "t", "delete": True}])],
    ids=["deleted before its replacement", "still there beside its replacement"],
)
def test_a_replacement_takes_the_place_of_what_it_replaces(mark: dict[str, bool], left: list[dict[str, Any]]) -> None:
    old = {"urn": MACHINE, "type": "t", "id": "uuid-old", **mark}
    dependent = {"urn": FOLDER, "type": "t", "id": "f", "dependencies": [MACHINE]}
    state = deployment(operation(MACHINE), resources=(old, dependent))
    after = settled(state, resolve("s", state, lambda _pending: "uuid-new"))
    assert [resource["id"] for resource in after["resources"][:2]] == ["uuid-new", "f"]
    assert after["resources"][2:] == left


@pytest.mark.parametrize("kind", ["updating", "deleting", "reading", "importing"])
def test_everything_else_is_settled_by_the_refresh_alone(kind: str) -> None:
    def never(_operation: PendingOperation) -> str | None:
        raise AssertionError("only creates are looked up")

    resolution = resolve("s", deployment(operation(FOLDER, kind)), never)
    assert resolution.refreshed == (FOLDER,)
    assert resolution.needed
    assert settled(deployment(operation(FOLDER, kind)), resolution) == deployment(operation(FOLDER, kind))


def test_the_object_that_is_being_replaced_is_not_taken_for_its_replacement() -> None:
    old = {"urn": MACHINE, "type": "t", "id": "uuid-old"}
    state = deployment(operation(MACHINE), resources=(old,))
    assert resolve("s", state, lambda _pending: "uuid-old").cleared == (MACHINE,)
    assert resolve("s", state, lambda _pending: "uuid-new").imports == {MACHINE: "uuid-new"}


def test_a_type_without_identity_stops_and_names_every_such_urn() -> None:
    def unknown(pending: PendingOperation) -> str | None:
        raise UnknownIdentity(pending.type)

    with pytest.raises(AnswerNo) as refusal:
        resolve("sandbox-network", deployment(operation(FOLDER), operation(MACHINE)), unknown)
    assert FOLDER in refusal.value.message
    assert MACHINE in refusal.value.message
    assert "--clear-pending-creates" in str(refusal.value.remedy)


def test_a_component_or_a_provider_is_a_record_that_no_world_holds() -> None:
    component = operation("urn:pulumi:s::metropole::metropole:index:Datacenter::lac")
    component["resource"]["custom"] = False
    provider = operation(PROVIDER)

    def never(_operation: PendingOperation) -> str | None:
        raise AssertionError("there is nothing to look up")

    assert len(resolve("s", deployment(component, provider), never).cleared) == 2


def test_the_server_is_read_from_the_provider_the_operation_names() -> None:
    provider = {"urn": PROVIDER, "id": "11111111", "inputs": {"vsphereServer": "127.0.0.1:20001"}}
    replaced = {"urn": PROVIDER, "id": "22222222", "inputs": {"vsphereServer": "127.0.0.1:20002"}}
    state = deployment(operation(FOLDER), resources=(replaced, provider))
    (pending,) = pending_operations(state)
    assert provider_settings(state, pending.provider) == {"vsphereServer": "127.0.0.1:20001"}
    assert provider_settings(None, pending.provider) == {}


def test_encrypted_inputs_take_no_part_in_an_identity() -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}
    assert plain_inputs({"hostname": "lac-esxi-1", "password": secret}) == {"hostname": "lac-esxi-1"}
