"""`metro image --write`: which formats there are, what is refused, and what a template's archive holds."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from pathlib import Path

import pytest

from operations.console import Progress
from operations.errors import InputError, MachineError
from operations.hosts import export as command
from operations.hosts.export import WRITERS, bill_of, export
from operations.hosts.image import GoldenImage
from operations.hosts.vcenter_template import OVF, VirtualDisk, descriptor, write_ova
from operations.verbs.image import image


@pytest.fixture
def golden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GoldenImage:
    """An image of one file, and disks that are its name: nothing needs root or a network."""
    tree = tmp_path / "image" / "tree"
    tree.mkdir(parents=True)
    (tree / "hello").write_text("world\n")
    bill = tmp_path / "image" / "sbom"
    bill.write_text("{}")
    made = GoldenImage(tree, "0123456789abcdef", bill, tmp_path / "image" / "manifest")

    def disk(of: Path, file: Path, _: Progress, bill: Path) -> None:
        file.write_text(str(of))
        bill.write_text("{}")

    def ensured(_: Progress) -> GoldenImage:
        return made

    monkeypatch.setattr(command, "ensure_image", ensured)
    monkeypatch.setattr(command, "build_disk", disk)
    monkeypatch.setattr(command.os, "geteuid", lambda: 0)
    return made


def test_a_disk_and_a_containers_root_come_with_their_bills(golden: GoldenImage, tmp_path: Path) -> None:
    disk, root = tmp_path / "host.raw", tmp_path / "host.tar"
    export([disk, root], as_json=False)
    assert disk.read_text() == str(golden.tree)
    with tarfile.open(root) as archive:
        assert "./hello" in archive.getnames()
    assert [json.loads(bill_of(file).read_text()) for file in (disk, root)] == [{}, {}]
    assert {path.name for path in tmp_path.glob("*host*")} == {
        name for file in (disk, root) for name in (file.name, bill_of(file).name)
    }


def test_without_a_file_it_is_said_where_the_image_is(
    golden: GoldenImage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command.os, "geteuid", lambda: 1000)
    export([], as_json=True)
    said = json.loads(capsys.readouterr().out)
    assert said == {
        "digest": golden.digest,
        "tree": str(golden.tree),
        "sbom": str(golden.sbom),
        "manifest": str(golden.manifest),
        "written": [],
    }


@pytest.mark.parametrize("name", ["host", "host.iso", "host.vmdk.gz", "missing/host.raw"])
@pytest.mark.usefixtures("golden")
def test_what_cannot_be_written_is_refused_before_anything_is_made(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"expected one of \.raw, \.qcow2, \.vmdk, \.ova, \.tar|there is no folder"):
        export([tmp_path / "good.raw", tmp_path / name], as_json=False)
    assert not (tmp_path / "good.raw").exists()


@pytest.mark.usefixtures("golden")
def test_nothing_is_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "host.raw"
    for taken in (file, bill_of(file)):
        taken.write_text("mine")
        with pytest.raises(InputError, match="exists already"):
            export([file], as_json=False)
        assert taken.read_text() == "mine"
        taken.unlink()


@pytest.mark.usefixtures("golden")
def test_one_file_by_two_names_is_written_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export([tmp_path / "host.raw", tmp_path / "image" / ".." / "host.raw"], as_json=True)
    [written] = json.loads(capsys.readouterr().out)["written"]
    assert written["file"] == str(tmp_path / "host.raw")


@pytest.mark.usefixtures("golden")
def test_a_file_that_could_not_be_made_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_tree: Path, file: Path, _progress: Progress, bill: Path) -> None:
        file.write_text("half")
        raise MachineError("no network")

    monkeypatch.setattr(command, "build_disk", broken)
    before = set(tmp_path.iterdir())
    with pytest.raises(MachineError, match="no network"):
        export([tmp_path / "host.raw"], as_json=False)
    assert set(tmp_path.iterdir()) == before


@pytest.mark.usefixtures("golden")
def test_without_root_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command.os, "geteuid", lambda: 1000)
    with pytest.raises(MachineError, match="needs root"):
        export([tmp_path / "host.raw"], as_json=False)


def test_every_format_is_named_in_the_help() -> None:
    [option] = (each for each in image.__annotations__.values() if "--write" in str(each))
    assert all(suffix in option for suffix in WRITERS)


def test_an_archive_begins_with_its_descriptor_and_tells_the_digests_of_the_rest(tmp_path: Path) -> None:
    vmdk, ova = tmp_path / "any.vmdk", tmp_path / "host.ova"
    vmdk.write_bytes(os.urandom(5000))
    write_ova(ova, "host", "0123456789abcdef", vmdk, 8 << 30)
    with tarfile.open(ova) as archive:
        members = {member.name: archive.extractfile(member).read() for member in archive}  # pyright: ignore[reportOptionalMemberAccess]
    assert list(members) == ["host.ovf", "host.mf", "host.vmdk"]
    assert members["host.vmdk"] == vmdk.read_bytes()
    assert members["host.mf"].decode().splitlines() == [
        f"SHA256({name})= {hashlib.sha256(members[name]).hexdigest()}" for name in ("host.ovf", "host.vmdk")
    ]


def test_what_a_descriptor_says_of_its_disk_and_image() -> None:
    text = descriptor("host", "0123456789abcdef", VirtualDisk("host.vmdk", 5000, 8 << 30))
    assert 'ovf:href="host.vmdk" ovf:size="5000"' in text
    assert f'ovf:capacity="{8 << 30}"' in text
    assert "<ovf:Version>0123456789abcdef</ovf:Version>" in text
    assert text.count(f'xmlns:ovf="{OVF}"') == 1
