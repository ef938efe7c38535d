"""`world.yaml` is read, and what is wrong with it is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.errors import WorldFileError
from twin.worlds import read_world


def test_a_world_is_read(world: Path) -> None:
    read = read_world(world)
    assert read.territory == "sandbox"
    assert [vcenter.id for vcenter in read.vcenters] == ["lac", "pessac"]
    assert read.vcenters[0].server == f"127.0.0.1:{read.vcenters[0].port}"


def test_its_digest_sees_either_file_change(world: Path) -> None:
    before = read_world(world).digest
    (world / "credentials.yaml").write_text("vcenters: {lac: {}}\n")
    assert read_world(world).digest != before


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("schema: 1", "schema: 7", "schema is 7, this version reads 1"),
        ("territory: sandbox\n", "", "'territory' is missing"),
        ("id: lac", "id: [lac", "not YAML"),
        ("instance_uuid: ", "instance_uuid: x", "badly formed hexadecimal UUID string"),
        ("port: ", "port: 9", "expected 1024 to 65535"),
        ("vcenters:", "vcenters: []\nothers:", "each vCenter and cloud needs a port of its own"),
    ],
)
def test_a_fault_names_the_file_and_the_way_out(world: Path, old: str, new: str, says: str) -> None:
    path = world / "world.yaml"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(WorldFileError) as caught:
        read_world(world)
    assert str(path) in caught.value.message
    assert says in caught.value.message
    assert "./metro twin reset --territory sandbox" in caught.value.remedy


def test_bytes_that_are_no_text_are_named(world: Path) -> None:
    (world / "world.yaml").write_bytes(b"schema: 1\nterritory: \xff\n")
    with pytest.raises(WorldFileError, match=r"world\.yaml: not YAML: 'utf-8' codec"):
        read_world(world)


def test_a_missing_file_is_named(world: Path) -> None:
    (world / "credentials.yaml").unlink()
    with pytest.raises(WorldFileError, match=r"credentials\.yaml: No such file or directory"):
        read_world(world)
