"""The list of what is exercised leaves nothing of the official schema out."""

from __future__ import annotations

from twin.vsphere.fidelity import fidelity
from twin.vsphere.provider import SCHEMA


def test_every_official_name_is_accounted_for() -> None:
    found = fidelity()
    assert {item.token for item in found.types} | set(found.types_refused) == SCHEMA.resources.keys()
    assert {item.token for item in found.sources} | set(found.sources_refused) == SCHEMA.functions.keys()
    for item in found.types:
        facts = SCHEMA.resources[item.token]
        plain = {name for name in item.refused if "." not in name}
        assert set(item.exercised) | set(item.instructions) | plain == facts.inputs.keys()
        assert set(item.outputs) | set(item.outputs_left_out) == facts.computed.keys()


def test_nested_fields_are_named_with_their_place() -> None:
    machine = next(item for item in fidelity().types if item.token.endswith(":VirtualMachine"))
    assert "disks.ioLimit" in machine.refused
    assert "clone.customize" in machine.refused
    assert "networkInterfaces.bandwidthLimit" in machine.refused
