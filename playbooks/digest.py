"""Says whether what the playbook does to a host may have changed, without running it."""

from __future__ import annotations

import hashlib
from pathlib import Path

PLAYBOOKS = Path(__file__).resolve().parent
"""Where the playbooks of this checkout are."""

_DECIDES = ("harden.yml", "ansible.cfg")
_FOLDERS = ("action_plugins", "roles")
_IGNORED = frozenset({"__pycache__"})


def deciding_files(playbooks: Path = PLAYBOOKS) -> list[Path]:
    """All that decides what `harden.yml` does to a host, but for the host's variables, in order."""
    inside = (path for folder in _FOLDERS for path in (playbooks / folder).rglob("*"))
    files = (path for path in inside if path.is_file() and not _IGNORED & set(path.parts))
    return sorted([*(playbooks / name for name in _DECIDES), *files])


def playbook_digest(playbooks: Path = PLAYBOOKS) -> str:
    """SHA-256, in hexadecimal, of those files.

    Paths and contents count, times do not: equal checkouts give equal digests. Raises `OSError` for files it cannot
    read.
    """
    digest = hashlib.sha256()
    for path in deciding_files(playbooks):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(playbooks).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
