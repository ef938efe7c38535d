"""What an image is made from: the files that decide what comes out, each with its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from operations.hosts.image_debian import PACKAGE_LIST, sources
from operations.paths import CHECKOUT

PLAYBOOKS = CHECKOUT / "playbooks"
IMAGE_PLAYBOOK = PLAYBOOKS / "image.yml"

_DIGITS = 16
_SOURCES = "debian.sources"


def inputs() -> dict[str, str]:
    """SHA-256 of every input by its path in the checkout, hexadecimal. The machine's Debian sources count as one."""
    digests = {str(path.relative_to(CHECKOUT)): _sha256(path) for path in _files()}
    if machine_sources := sources():
        digests[_SOURCES] = _sha256(machine_sources)
    return digests


def combined(digests: Mapping[str, str]) -> str:
    """One digest of all inputs: changes when a file changes, appears, vanishes or is renamed."""
    whole = hashlib.sha256()
    for name, digest in sorted(digests.items()):
        whole.update(f"{name}\0{digest}\n".encode())
    return whole.hexdigest()[:_DIGITS]


def _files() -> list[Path]:
    roles = [path for path in (PLAYBOOKS / "roles").rglob("*") if path.is_file()]
    builder = Path(__file__).parent.glob("image*.py")
    return sorted([IMAGE_PLAYBOOK, PACKAGE_LIST, PLAYBOOKS / "ansible.cfg", *roles, *builder])


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
