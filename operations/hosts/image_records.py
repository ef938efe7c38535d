"""What is written down about an image: a bill of materials for those who scan it, a manifest for those who compare."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cyclonedx.model import bom as bom_model
from cyclonedx.model import component as component_model
from cyclonedx.model import contact as contact_model
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from operations.hosts.image_debian import RELEASE

# The library's decorators hide its constructors from type checkers.
Bom: Any = bom_model.Bom
Component: Any = component_model.Component
OrganizationalEntity: Any = contact_model.OrganizationalEntity
ComponentType = component_model.ComponentType


@dataclass(frozen=True)
class DebianPackage:
    """One installed package."""

    name: str
    version: str
    architecture: str
    source: str
    maintainer: str


def installed(tree: Path) -> tuple[DebianPackage, ...]:
    """The packages dpkg has as installed in a tree, sorted by name."""
    paragraphs = (tree / "var/lib/dpkg/status").read_text(encoding="utf-8").split("\n\n")
    found = [_package(paragraph) for paragraph in paragraphs if "\nStatus: install ok installed" in paragraph]
    return tuple(sorted(found, key=lambda package: package.name))


def write_sbom(tree: Path, file: Path) -> tuple[DebianPackage, ...]:
    """Write the bill of materials of a tree (CycloneDX 1.6, JSON), and return what it names."""
    packages = installed(tree)
    bom = Bom(components=[_component(package) for package in packages])
    bom.metadata.component = Component(name="metropole-golden-image", type=ComponentType.OPERATING_SYSTEM)
    bom.register_dependency(bom.metadata.component, bom.components)
    file.write_text(JsonV1Dot6(bom).output_as_string(indent=1), encoding="utf-8")
    return packages


def write_manifest(
    file: Path,
    tree: Path,
    digest: str,
    inputs: Mapping[str, str],
    packages: tuple[DebianPackage, ...],
    seconds: float,
) -> None:
    """Write an image's manifest; `digest` is the one of its inputs, `tree_digest` in it the one of what came out."""
    manifest = {
        "digest": digest,
        "tree_digest": tree_digest(tree),
        "release": RELEASE,
        "debian_version": (tree / "etc/debian_version").read_text(encoding="ascii").strip(),
        "inputs": dict(inputs),
        "packages": {package.name: package.version for package in packages},
        "build_seconds": round(seconds, 1),
    }
    file.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def tree_digest(tree: Path) -> str:
    """SHA-256 over every path of a tree in order: its kind, mode, owner, and content, link target or device number."""
    whole = hashlib.sha256()
    for directory, names, files in os.walk(tree):
        names.sort()
        for name in sorted([*files, *(each for each in names if Path(directory, each).is_symlink())]):
            whole.update(_entry(tree, Path(directory, name)))
        whole.update(_entry(tree, Path(directory)))
    return whole.hexdigest()


def _entry(tree: Path, path: Path) -> bytes:
    status = path.lstat()
    if stat.S_ISREG(status.st_mode):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
    elif stat.S_ISLNK(status.st_mode):
        content = str(path.readlink())
    else:
        content = str(status.st_rdev)
    return f"{path.relative_to(tree)}\0{status.st_mode:o} {status.st_uid}:{status.st_gid} {content}\n".encode(
        errors="surrogateescape"
    )


def _package(paragraph: str) -> DebianPackage:
    fields = dict(line.split(": ", 1) for line in paragraph.splitlines() if ": " in line and not line.startswith(" "))
    name = fields["Package"]
    return DebianPackage(
        name=name,
        version=fields["Version"],
        architecture=fields["Architecture"],
        source=fields.get("Source", name).split(" ", 1)[0],
        maintainer=fields["Maintainer"],
    )


def _component(package: DebianPackage) -> Any:
    qualifiers = {"arch": package.architecture, "distro": f"debian-{RELEASE}"}
    purl = PackageURL("deb", "debian", package.name, package.version, {**qualifiers, "upstream": package.source})
    return Component(
        name=package.name,
        version=package.version,
        type=ComponentType.LIBRARY,
        bom_ref=str(purl),
        purl=purl,
        supplier=OrganizationalEntity(name=package.maintainer),
    )
