"""A bare image: the golden one's packages as Debian installs them, and what makes a host from it reachable."""

from __future__ import annotations

import shutil
from pathlib import Path

from operations.console import Progress
from operations.engine.cache import cache_directory, locked, mark_used, new_entry, require_space
from operations.hosts.image import SPACE_GIB, is_mounted
from operations.hosts.image_build import build
from operations.hosts.image_debian import ensure_tools
from operations.hosts.image_inputs import PLAYBOOKS, combined, inputs

BARE = PLAYBOOKS / "bare.yml"
BARE_IMAGES = "bare-images"
"""The folder of the cache that they are in."""
_TREE = "tree"
_ROLES = "playbooks/roles/"
_APPLIED = tuple(f"{_ROLES}{name}/" for name in ("first_boot", "seal"))
"""What `bare.yml` takes from."""


def ensure_bare_image(progress: Progress) -> Path:
    """Its tree, built if need be. Raises `MachineError`. Nothing may write to it."""
    entry = cache_directory() / BARE_IMAGES / bare_digest()
    tree = entry / _TREE
    if tree.is_dir():
        mark_used(entry)
        return tree
    ensure_tools(progress)
    with locked(BARE_IMAGES, progress):
        if not tree.is_dir():
            require_space(SPACE_GIB, "building the bare image")
            for other in entry.parent.glob("[!.]*"):
                if not is_mounted(other / _TREE):
                    shutil.rmtree(other)
            with new_entry(entry) as staging:
                build(staging / _TREE, progress, BARE)
    return tree


def bare_digest() -> str:
    """Of what the bare image is made from: of the golden one's inputs those that decide, and a playbook of its own."""
    decide = {
        name: digest for name, digest in inputs().items() if not name.startswith(_ROLES) or name.startswith(_APPLIED)
    }
    return combined({**decide, BARE.name: BARE.read_text(encoding="utf-8")})
