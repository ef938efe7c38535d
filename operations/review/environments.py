"""The Python environment a revision is planned in: this tool's own where the lock is the same, else one of its lock.

One of another lock is made from wheels whose hashes the lock names, so that nothing of a package runs while it is
installed. It is kept under the state directory by the digest of its lock.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from operations.errors import AnswerNo, MachineError
from operations.paths import CHECKOUT

LOCK = "requirements.lock"


def python_for(lock: str, home: Path) -> Path:
    """The interpreter for a lock's text."""
    if lock == (CHECKOUT / LOCK).read_text(encoding="utf-8"):
        return Path(sys.executable)
    folder = home / hashlib.sha256(lock.encode()).hexdigest()[:16]
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _run(_uv(), "venv", "--python", sys.executable, str(folder))
        locked = folder / LOCK
        locked.write_text(lock, encoding="utf-8")
        _run(
            _uv(), "pip", "sync", "--python", str(python), "--require-hashes", "--only-binary", ":all:", str(locked)
        )  # fmt: skip
        (folder / "complete").touch()
    return python


def _uv() -> str:
    cache = os.environ.get("METROPOLE_CACHE") or str(
        Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "metropole"
    )
    ours = Path(cache) / "uv" / "bin" / "uv"
    found = str(ours) if ours.exists() else shutil.which("uv")
    if found is None:
        raise MachineError("uv is needed to make the environment of another lock", "run any verb of ./metro once")
    return found


def _run(*command: str) -> None:
    done = subprocess.run([command[0], "--quiet", "--no-config", *command[1:]], capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()[-2000:]
        raise AnswerNo(
            f"the packages of the revision's lock cannot be installed:\n{said}", "see whether the lock is whole"
        )
