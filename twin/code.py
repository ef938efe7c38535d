"""Which version of the code a process runs: a daemon keeps what it started with, whatever the checkout holds since."""

from __future__ import annotations

import hashlib
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[1]
_PACKAGES = ("twin", "providers")
"""Everything of the checkout that the daemon imports."""
_SUFFIXES = frozenset({".py", ".json"})


def code_digest(checkout: Path = _CHECKOUT) -> str:
    """Digest the content, not the times, of what the daemon is made of: a branch left and entered again changes none.

    Takes milliseconds.
    """
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for file in sorted((checkout / package).rglob("*")):
            if file.suffix in _SUFFIXES:
                content = file.read_bytes()
                digest.update(f"{file.relative_to(checkout)}\0{len(content)}\0".encode())
                digest.update(content)
    return digest.hexdigest()
