"""The list of what is exercised leaves nothing of the official schema out."""

from __future__ import annotations

from typing import Any

import pytest

from twin.aws.provider import PACKAGE as AWS
from twin.aws.provider import SCHEMA as AWS_SCHEMA
from twin.framework.declaration import Package
from twin.framework.fidelity import fidelity
from twin.framework.schema import SchemaFacts
from twin.vsphere.provider import PACKAGE as VSPHERE
from twin.vsphere.provider import SCHEMA as VSPHERE_SCHEMA


@pytest.mark.parametrize(("package", "schema"), [(AWS, AWS_SCHEMA), (VSPHERE, VSPHERE_SCHEMA)], ids=["aws", "vsphere"])
def test_every_official_name_is_accounted_for(package: Package[Any], schema: SchemaFacts) -> None:
    found = fidelity(package, schema)
    types = schema.resources.keys() | schema.other_resources
    assert {item.token for item in found.types} | set(found.types_refused) == types
    sources = schema.functions.keys() | schema.other_functions
    assert {item.token for item in found.sources} | set(found.sources_refused) == sources
    for item in found.types:
        facts = schema.resources[item.token]
        plain = {name for name in item.refused if "." not in name}
        assert set(item.exercised) | set(item.instructions) | plain == facts.inputs.keys()
        assert set(item.outputs) | set(item.outputs_left_out) == facts.computed.keys()


def test_nested_fields_are_named_with_their_place() -> None:
    machine = next(item for item in fidelity(VSPHERE, VSPHERE_SCHEMA).types if item.token.endswith(":VirtualMachine"))
    assert "disks.ioLimit" in machine.refused
    assert "clone.customize" in machine.refused
    assert "networkInterfaces.bandwidthLimit" in machine.refused
