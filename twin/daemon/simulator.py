"""One simulated vCenter or cloud: a child process that lives no longer than the daemon."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from twin.errors import DaemonError, PortTaken
from twin.worlds import CREDENTIALS_FILE, HOSTS_DIRECTORY, WORLD_FILE, CloudFile, VCenterFile, WorldFile

_log = logging.getLogger(__name__)

_READY_SECONDS = 30.0
_STOP_SECONDS = 5.0
_EXIT_PORT_TAKEN = 3
_BUILD = "`./metro twin up` builds the one of these sources"


@dataclass(frozen=True)
class Program:
    """What a simulator is made of."""

    api: str
    """`vsphere` or `aws`."""
    kind: str
    """What people call it: `vCenter`."""
    id: str
    port: int
    """0 for what nobody calls."""
    argv: tuple[str, ...]
    remedy: str
    """What to do when the program is not there."""

    @property
    def server(self) -> str:
        """`127.0.0.1:41001`."""
        return f"127.0.0.1:{self.port}"


def vcenter_program(vcsim: Path, world: WorldFile, vcenter: VCenterFile) -> Program:
    """A vcsim that is one of the world's vCenters."""
    argv = (
        str(vcsim),
        *("-world", str(world.directory / WORLD_FILE)),
        *("-credentials", str(world.directory / CREDENTIALS_FILE)),
        *("-vcenter", vcenter.id),
        *("-listen", vcenter.server),
    )
    return Program("vsphere", "vCenter", vcenter.id, vcenter.port, argv, _BUILD)


def cloud_program(world: WorldFile, cloud: CloudFile) -> Program:
    """A moto that is one of the world's clouds."""
    argv = (
        *(sys.executable, "-m", "twin.aws.server"),
        *("--world", str(world.directory / WORLD_FILE)),
        *("--credentials", str(world.directory / CREDENTIALS_FILE)),
        *("--cloud", cloud.id),
        *("--listen", cloud.server),
    )
    return Program("aws", "cloud", cloud.id, cloud.port, argv, "`./metro doctor` installs what it needs")


def hypervisor_program(world: WorldFile, image: Path) -> Program:
    """What runs the world's machines as containers of an image."""
    argv = (
        *(sys.executable, "-m", "twin.hosts"),
        *("--world", str(world.directory / WORLD_FILE)),
        *("--credentials", str(world.directory / CREDENTIALS_FILE)),
        *("--image", str(image)),
        *("--directory", str(world.directory / HOSTS_DIRECTORY)),
    )
    return Program("hosts", "hypervisor", HOSTS_DIRECTORY, 0, argv, "`./metro doctor` says what it needs")


class Simulator:
    """A running simulator.

    It reads its standard input and ends when that closes, which the kernel sees to however the daemon dies. A death
    signal on the parent would be no help: it fires when the *thread* that started the child ends.
    """

    def __init__(self, program: Program, world: WorldFile) -> None:
        """Start the process; `wait_ready` says whether it came up."""
        self.program = program
        self._territory = world.territory
        self._errors = world.directory / f"{program.id}.log"
        self._scratch = world.directory / f"{program.id}.tmp"
        try:
            self._clean()
            self._scratch.mkdir(exist_ok=True)
            with self._errors.open("wb") as errors:
                self._process = subprocess.Popen(
                    program.argv,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    start_new_session=True,
                    cwd=world.directory,
                    env={**os.environ, "TMPDIR": str(self._scratch)},
                )
        except OSError as error:
            what = f"the simulator {program.argv[0]} does not start: {error.strerror}"
            raise DaemonError(what, program.remedy) from error
        self._input = cast("IO[bytes]", self._process.stdin)
        self._output = cast("IO[bytes]", self._process.stdout)
        self._ready = threading.Event()
        self._stopping = False
        self._watcher = threading.Thread(target=self._watch, name=f"simulator-{program.id}", daemon=True)
        self._watcher.start()

    @property
    def pid(self) -> int | None:
        """The process while it lives."""
        return self._process.pid if self._process.poll() is None else None

    def wait_ready(self) -> None:
        """Block until it answers. Raises `PortTaken`, or `DaemonError` with its last words."""
        self._ready.wait(_READY_SECONDS)
        if self._ready.is_set() and self.pid is not None:
            return
        code = self._process.poll()
        said = self._errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        self.stop()
        if code == _EXIT_PORT_TAKEN:
            raise _port_taken(self._territory, self.program)
        how = f"ended with code {code}" if code is not None else f"was not ready after {_READY_SECONDS:.0f} s"
        last = f": {said[-1]}" if said else ""
        name = f"{self.program.kind} {self.program.id}"
        raise DaemonError(f"the simulated {name} of {self._territory} {how}{last}", f"see {self._errors}")

    def stop(self) -> None:
        """End the process and wait for it."""
        self._stopping = True
        self._input.close()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._watcher.join(_STOP_SECONDS)
        self._clean()

    def _clean(self) -> None:
        """Remove its datastores' files, which a simulator that was killed leaves behind."""
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _watch(self) -> None:
        """Take the line that says it is ready, drain what follows, and note its end."""
        with self._output:
            for line in self._output:
                if not self._ready.is_set() and _says_ready(line):
                    self._ready.set()
        code = self._process.wait()
        level = logging.INFO if self._stopping else logging.ERROR
        name = f"{self.program.kind} {self.program.id}"
        _log.log(level, "%s of %s ended with code %s", name, self._territory, code)
        self._ready.set()


def _says_ready(line: bytes) -> bool:
    try:
        message: Any = json.loads(line)
        return bool(message["ready"])
    except (ValueError, LookupError, TypeError):
        return False


def _port_taken(territory: str, program: Program) -> PortTaken:
    owner = _owner(program.port) or "another process"
    message = f"port {program.port} of {program.kind} {program.id} ({territory}) is taken by {owner}"
    remedy = f"end that process, or let `./metro twin reset --territory {territory}` make a world on free ports"
    return PortTaken(message, remedy)


def _owner(port: int) -> str | None:
    """Name the process that listens on a port, if this user may know it."""
    # Only needed on the way to an error.
    import psutil  # noqa: PLC0415

    try:
        for connection in psutil.net_connections(kind="tcp"):
            local = connection.laddr
            if connection.status == psutil.CONN_LISTEN and local and local.port == port and connection.pid:
                return f"process {connection.pid} ({psutil.Process(connection.pid).name()})"
    except psutil.Error:
        return None
    return None
