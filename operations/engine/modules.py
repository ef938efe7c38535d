"""Builds binaries from the toolchain's checksummed Go modules."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from operations.console import Progress
from operations.engine.cache import require_space
from operations.engine.command import Finished, run_long
from operations.engine.golang import TOOLCHAIN, Go, ensure_go
from operations.errors import MachineError

_SPACE_GIB = 4.0
"""Module sources and compiled packages of a first build, and room for the linker."""

_HEARD_OF_NETWORK = ("no such host", "connection refused", "i/o timeout", "network is unreachable", "dial tcp")


@dataclass(frozen=True)
class Target:
    """One binary to build."""

    package: str
    """A path in the module, such as `./cmd/vcsim`, or an import path that go.mod names as a tool."""
    output: Path
    flags: tuple[str, ...] = ()


def sources_hash(*parts: str, module: Path | None = None) -> str:
    """A short name for the sources under these paths of a module, go.mod and go.sum included; tests are not."""
    module = module or TOOLCHAIN
    digest = hashlib.sha256()
    for part in ("go.mod", "go.sum", *parts):
        root = module / part
        for file in sorted(root.rglob("*")) if root.is_dir() else [root]:
            if file.is_file() and not file.name.endswith("_test.go"):
                digest.update(f"{file.relative_to(module)}\0".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def build(targets: list[Target], progress: Progress, module: Path | None = None) -> Go:
    """Build every target, one after the other, and return the Go that did it. Raises `MachineError`."""
    go = ensure_go(progress, module)
    require_space(_SPACE_GIB, "building from Go modules")
    environment = _environment(go)
    for target in targets:
        finished = _build_one(go, target, module or TOOLCHAIN, environment, progress)
        if finished.code != 0:
            raise _failure(target, finished)
    return go


def module_directory(go: Go, module: str) -> Path:
    """Where the sources of a module of the build lie, verified against go.sum when they were downloaded."""
    listed = subprocess.run(
        [go.executable, "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", module],
        cwd=TOOLCHAIN,
        env=_environment(go),
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode != 0 or not listed.stdout.strip():
        raise MachineError(f"the Go module {module} is not there: {listed.stderr.strip()}", "run the command again")
    return Path(listed.stdout.strip())


def _build_one(go: Go, target: Target, module: Path, environment: Mapping[str, str], progress: Progress) -> Finished:
    name = target.output.name
    compiled = [0]

    def describe(line: str) -> str:
        if line.startswith("go: downloading "):
            return f"{name}: downloading {line.split()[2]}"
        if line and " " not in line:
            compiled[0] += 1
            return f"{name}: {compiled[0]} packages compiled, last {line}"
        return name

    argv = [str(go.executable), "build", "-v", "-mod=readonly", "-trimpath", "-buildvcs=false", *target.flags]
    if nice := shutil.which("nice"):
        argv = [nice, "-n", "10", *argv]
    return run_long(
        [*argv, "-o", str(target.output), target.package],
        cwd=module,
        environment=environment,
        progress=progress,
        describe=describe,
    )


def _environment(go: Go) -> dict[str, str]:
    environment = {**os.environ, "GOTOOLCHAIN": "local", "GOWORK": "off", "CGO_ENABLED": "0"}
    if go.origin == "package":
        environment.pop("GOROOT", None)
    # Go refuses to work without a home directory to put its caches in, which services and containers may lack.
    if "HOME" not in environment:
        environment["HOME"] = str(Path("~").expanduser())
    return environment


def _failure(target: Target, finished: Finished) -> MachineError:
    name = target.output.name
    # One module's failure says it all; the others fail alike.
    of_network = [line for line in finished.tail.splitlines() if any(sign in line for sign in _HEARD_OF_NETWORK)]
    if of_network:
        return MachineError(
            f"{name} could not be built: its Go modules could not be downloaded\n{of_network[0]}",
            "give this machine network access or a Go module proxy (GOPROXY) once; builds are kept in the cache",
        )
    if "x509:" in finished.tail:
        return MachineError(
            f"{name} could not be built: this machine does not trust the Go module proxy\n{finished.tail}",
            "apt-get install ca-certificates, or add your proxy's certificate authority to the system's",
        )
    if finished.code == -9 or "signal: killed" in finished.tail:
        return MachineError(
            f"{name} could not be built: the compiler was killed, most likely for want of memory",
            "the engine's build needs about 2 GiB of memory; close something, or add swap",
        )
    return MachineError(f"{name} could not be built:\n{finished.tail}", "mend what Go reports above, then run it again")
