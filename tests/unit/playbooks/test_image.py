"""The golden image: what it is made from decides its digest, what is in it is written down, old ones make room."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from operations.hosts import image_debian, image_inputs, image_records
from operations.hosts.image import KEPT_IMAGES, forget_old
from operations.hosts.image_inputs import combined, inputs

STATUS = """\
Package: bash
Status: install ok installed
Maintainer: Somebody <somebody@example.org>
Architecture: amd64
Version: 5.2.15-2+b7
Source: bash (5.2.15-2)

Package: gone
Status: deinstall ok config-files
Maintainer: Somebody <somebody@example.org>
Architecture: all
Version: 1

"""


def tree_in(directory: Path) -> Path:
    (directory / "var/lib/dpkg").mkdir(parents=True)
    (directory / "etc").mkdir()
    (directory / "var/lib/dpkg/status").write_text(STATUS, encoding="utf-8")
    (directory / "etc/debian_version").write_text("12.9\n", encoding="ascii")
    return directory


def test_every_file_an_image_is_made_from_counts() -> None:
    names = set(inputs())
    assert {"playbooks/image.yml", "playbooks/image_packages.txt", "operations/hosts/image_play.py"} <= names
    assert "playbooks/roles/ssh/templates/sshd_config.j2" in names
    assert not [name for name in names if "inventory" in name or name.endswith(".pyc")]


def test_a_digest_changes_with_content_names_and_number() -> None:
    same = combined({"a": "1", "b": "2"})
    assert same == combined({"b": "2", "a": "1"})
    others = [
        {"a": "1", "b": "3"},
        {"a": "1"},
        {"a": "1", "c": "2"},
        {"a": "1", "b": "2", "c": ""},
        {"a": "2", "b": "1"},
    ]
    assert len({same, *map(combined, others)}) == len(others) + 1


def test_an_edited_package_list_is_another_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = combined(inputs())
    monkeypatch.setattr(image_inputs, "CHECKOUT", Path("/"))
    edited = tmp_path / "image_packages.txt"
    edited.write_bytes(image_debian.PACKAGE_LIST.read_bytes() + b"frr\n")
    monkeypatch.setattr(image_inputs, "PACKAGE_LIST", edited)
    assert combined(inputs()) != before


def test_comments_are_no_packages() -> None:
    packages = image_debian.packages()
    assert "openssh-server" in packages
    assert all(package == package.strip() and "#" not in package for package in packages)
    assert len(set(packages)) == len(packages)


def test_the_bill_of_materials_is_valid_and_names_what_is_installed(tmp_path: Path) -> None:
    tree = tree_in(tmp_path / "tree")
    file = tmp_path / "sbom.cdx.json"
    packages = image_records.write_sbom(tree, file)
    assert [(package.name, package.source) for package in packages] == [("bash", "bash")]
    text = file.read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    [component] = json.loads(text)["components"]
    assert component["purl"].startswith("pkg:deb/debian/bash@5.2.15-2%2Bb7?arch=amd64&distro=debian-bookworm")


def test_the_manifest_tells_inputs_and_outcome_apart(tmp_path: Path) -> None:
    tree = tree_in(tmp_path / "tree")
    file = tmp_path / "manifest.json"
    packages = image_records.installed(tree)
    image_records.write_manifest(file, tree, "0123456789abcdef", {"a": "1"}, packages, 12.34)
    manifest = json.loads(file.read_text(encoding="utf-8"))
    assert manifest["digest"] == "0123456789abcdef"
    assert manifest["packages"] == {"bash": "5.2.15-2+b7"}
    assert manifest["build_seconds"] == 12.3
    before = manifest["tree_digest"]
    (tree / "etc/debian_version").chmod(0o600)
    assert image_records.tree_digest(tree) != before


def test_the_newest_images_stay(tmp_path: Path) -> None:
    for age in range(KEPT_IMAGES + 3):
        entry = tmp_path / f"image{age}"
        entry.mkdir()
        os.utime(entry, (1_000_000 - age, 1_000_000 - age))
    forget_old(tmp_path, keep=f"image{KEPT_IMAGES + 2}")
    kept = {f"image{age}" for age in range(KEPT_IMAGES)} | {f"image{KEPT_IMAGES + 2}"}
    assert {path.name for path in tmp_path.iterdir()} == kept
