"""The golden image: one Debian tree, hardened once, from which every host of a twin and every disk image starts.

Kept in the cache under the digest of what it is made from; see docs/adr/0027-golden-image-and-roles.md.
"""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from operations.console import Progress
from operations.engine.cache import cache_directory, locked, mark_used, new_entry, require_space
from operations.errors import MachineError
from operations.hosts.image_build import build
from operations.hosts.image_debian import ensure_tools
from operations.hosts.image_inputs import combined, inputs

KEPT_IMAGES = 2
SPACE_GIB = 2.0

_TREE = "tree"
_SBOM = "sbom.cdx.json"
_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class GoldenImage:
    """An image in the cache. Nothing may write to its tree: hosts lay their own layer over it."""

    tree: Path
    """The root directory, owned by root as the hosts see it, without kernel and boot loader."""
    digest: str
    """Of everything the image is made from: hexadecimal, 16 digits."""
    sbom: Path
    """The software in it: CycloneDX, JSON."""
    manifest: Path
    """What it was made from and what came out: JSON."""


def find_image() -> GoldenImage | None:
    """The image of these sources if it was built already."""
    return _found(_entry(combined(inputs())))


def ensure_image(progress: Progress) -> GoldenImage:
    """The image of these sources, built if need be: about two minutes. Raises `MachineError`."""
    made_from = inputs()
    entry = _entry(combined(made_from))
    if image := _found(entry):
        return image
    from operations.hosts.image_records import write_manifest, write_sbom  # noqa: PLC0415 - a model nobody else reads

    if os.geteuid() != 0:
        raise MachineError("building the golden image needs root: its files belong to root", "run metro as root")
    ensure_tools(progress)
    with locked("images", progress):
        if image := _found(entry):
            return image
        require_space(SPACE_GIB, "building the golden image")
        with new_entry(entry) as staging:
            begun = time.monotonic()
            tree = staging / _TREE
            build(tree, progress)
            packages = write_sbom(tree, staging / _SBOM)
            write_manifest(staging / _MANIFEST, tree, entry.name, made_from, packages, time.monotonic() - begun)
        forget_old(entry.parent, keep=entry.name)
    return _image(entry)


def forget_old(images: Path, keep: str) -> None:
    """Remove all images but the newest ones, `keep`, and those some process has mounted."""
    entries = [path for path in images.iterdir() if path.is_dir() and not path.name.startswith(".")]
    entries.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for entry in entries[KEPT_IMAGES:]:
        if entry.name != keep and not is_mounted(entry / _TREE):
            shutil.rmtree(entry, ignore_errors=True)


def is_mounted(tree: Path) -> bool:
    """Whether a tree is part of a mount in any namespace of this machine, as the lower layer of a host's is."""
    seen: set[str] = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            namespace = str((process / "ns" / "mnt").readlink())
            if namespace not in seen:
                seen.add(namespace)
                if str(tree) in (process / "mountinfo").read_text(encoding="utf-8", errors="replace"):
                    return True
    return False


def _found(entry: Path) -> GoldenImage | None:
    if not (entry / _MANIFEST).is_file():
        return None
    mark_used(entry)
    return _image(entry)


def _image(entry: Path) -> GoldenImage:
    return GoldenImage(entry / _TREE, entry.name, entry / _SBOM, entry / _MANIFEST)


def _entry(digest: str) -> Path:
    return cache_directory() / "images" / digest
