"""What hosts of either side start from, and what the golden image costs to build."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from operations.console import Progress
from operations.engine.cache import cache_directory, locked, mark_used, new_entry, require_space
from operations.hosts.image import SPACE_GIB, is_mounted
from operations.hosts.image_build import build
from operations.hosts.image_inputs import combined, inputs

BARE = Path(__file__).with_name("bare.yml")
_CACHE = "bare-images"
_TREE = "tree"
_ROLES = "playbooks/roles/"


def ensure_bare_image(progress: Progress) -> Path:
    """The tree of the golden image's packages and no role but the one that makes a host reachable, built if need be.

    Raises `MachineError`. Nothing may write to it.
    """
    entry = cache_directory() / _CACHE / bare_digest()
    tree = entry / _TREE
    if tree.is_dir():
        mark_used(entry)
        return tree
    with locked(_CACHE, progress):
        if not tree.is_dir():
            require_space(SPACE_GIB, "building the bare image")
            for other in entry.parent.glob("[!.]*"):
                if not is_mounted(other / _TREE):
                    shutil.rmtree(other)
            with new_entry(entry) as staging:
                build(staging / _TREE, progress, BARE)
    return tree


def build_seconds(progress: Progress) -> float:
    """How long it takes to build the golden image, by building one that is thrown away. Raises `MachineError`."""
    require_space(SPACE_GIB, "building the golden image")
    # Beside bare images, where the next one to be built sweeps away what a killed bench leaves.
    with (
        locked(_CACHE, progress),
        tempfile.TemporaryDirectory(prefix=".thrown-away.", dir=cache_directory() / _CACHE) as directory,
    ):
        begun = time.monotonic()
        build(Path(directory) / _TREE, progress)
        return time.monotonic() - begun


def bare_digest() -> str:
    """Of what the bare image is made from: of the golden one's inputs those that decide, and a playbook of its own."""
    decide = {
        name: digest
        for name, digest in inputs().items()
        if not name.startswith(_ROLES) or name.startswith(f"{_ROLES}first_boot/")
    }
    return combined({**decide, BARE.name: BARE.read_text(encoding="utf-8")})
