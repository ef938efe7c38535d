"""One started world: its simulators, its id, and the record of which world the deployed state belongs to."""

from __future__ import annotations

import logging
import os
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from twin.daemon.simulator import Program, Simulator, cloud_program, hypervisor_program, vcenter_program
from twin.errors import PortTaken, TwinError
from twin.hosts.namespace import first_inside
from twin.status import CloudStatus, HostsStatus, VCenterStatus, WorldStatus
from twin.worlds import WorldFile, world_digest

_log = logging.getLogger(__name__)

_PORT_ATTEMPTS = 4
_PORT_PAUSE = 0.5
"""Seconds. The simulators of a daemon that was just killed need a moment to notice and to free their ports."""


class RunningWorld:
    """A world that started empty, with an id of its own. Never restarted in place: a new start is a new world."""

    def __init__(self, file: WorldFile, vcsim: Path) -> None:
        """Start every simulator. Raises `PortTaken` or `DaemonError`, with nothing left running."""
        self.file = file
        self.world_id = uuid.uuid4().hex
        self._vcsim = vcsim
        self._recording = threading.Lock()
        self._hosting = threading.Lock()
        self._simulators = _start(file, vcsim)
        self._hypervisor: Simulator | None = None
        self._image: Path | None = None
        _log.info("world %s of %s started", self.world_id, file.territory)

    @property
    def running(self) -> bool:
        """Whether every simulator lives."""
        return all(simulator.pid is not None for simulator in self._simulators)

    @property
    def lost(self) -> bool:
        """Whether the state describes something that is not, or not wholly, in this world."""
        recorded = self.recorded()
        return recorded is not None and (recorded != self.world_id or not self.running)

    def recorded(self) -> str | None:
        """Return the id of the world that the deployed state belongs to."""
        try:
            return self.file.record.read_text(encoding="ascii").strip() or None
        except FileNotFoundError:
            return None

    def record(self) -> None:
        """Note, durably, that from now on the deployed state belongs to this world."""
        with self._recording:
            self._write_record()

    def record_first(self) -> None:
        """Note it only if no world was noted before: a lost world stays known as lost until that is acknowledged."""
        with self._recording:
            if self.recorded() is None:
                self._write_record()

    def _write_record(self) -> None:
        temporary = self.file.record.with_suffix(".new")
        with temporary.open("w", encoding="ascii") as stream:
            stream.write(f"{self.world_id}\n")
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(self.file.record)

    def start_hosts(self, image: Path) -> None:
        """Let every machine that is on run as a container of this image; guests of another image start anew.

        Raises `DaemonError` with the hypervisor's last words.
        """
        with self._hosting:
            if self._hypervisor is not None and self._hypervisor.pid is not None and self._image == image:
                return
            if self._hypervisor is not None:
                self._hypervisor.stop()
            self._image = image
            self._hypervisor = Simulator(hypervisor_program(self.file, image), self.file)
            self._hypervisor.wait_ready()

    def status(self) -> WorldStatus:
        """Say how the world is."""
        return WorldStatus(
            territory=self.file.territory,
            world_id=self.world_id,
            recorded_world_id=self.recorded(),
            lost=self.lost,
            outdated=self._outdated(),
            vcenters=tuple(
                VCenterStatus(each.id, each.server, each.instance_uuid, self._pid(each.server))
                for each in self.file.vcenters
            ),
            vcsim=str(self._vcsim),
            clouds=tuple(
                CloudStatus(each.id, each.server, each.region, each.account_id, self._pid(each.server))
                for each in self.file.clouds
            ),
            hosts=self._hosts(),
        )

    def at(self, server: str) -> Program | None:
        """What the simulator at an address is; None when the world has none there."""
        return next((each.program for each in self._simulators if each.program.server == server), None)

    def alive(self, server: str) -> bool:
        """Whether the simulator at an address lives."""
        return self._pid(server) is not None

    def _pid(self, server: str) -> int | None:
        return next((each.pid for each in self._simulators if each.program.server == server), None)

    def _hosts(self) -> HostsStatus | None:
        if self._hypervisor is None:
            return None
        outer = self._hypervisor.pid
        return HostsStatus(str(self._image), first_inside(outer) if outer else None)

    def stop(self) -> None:
        """End every simulator; what the world held is gone."""
        with self._hosting:
            if self._hypervisor is not None:
                self._hypervisor.stop()
        _stop(self._simulators)
        _log.info("world %s of %s stopped", self.world_id, self.file.territory)

    def _outdated(self) -> bool:
        try:
            return world_digest(self.file.directory) != self.file.digest
        except OSError:
            return True


def _start(file: WorldFile, vcsim: Path) -> tuple[Simulator, ...]:
    for attempt in range(_PORT_ATTEMPTS):
        try:
            return _start_once(file, vcsim)
        except PortTaken:
            if attempt == _PORT_ATTEMPTS - 1:
                raise
            time.sleep(_PORT_PAUSE)
    raise AssertionError("unreachable")


def _start_once(file: WorldFile, vcsim: Path) -> tuple[Simulator, ...]:
    started: list[Simulator] = []
    try:
        programs = [vcenter_program(vcsim, file, vcenter) for vcenter in file.vcenters]
        programs += [cloud_program(file, cloud) for cloud in file.clouds]
        for program in programs:
            started.append(Simulator(program, file))
        for simulator in started:
            simulator.wait_ready()
    except TwinError:
        _stop(started)
        raise
    return tuple(started)


def _stop(simulators: tuple[Simulator, ...] | list[Simulator]) -> None:
    if simulators:
        with ThreadPoolExecutor(len(simulators)) as pool:
            list(pool.map(Simulator.stop, simulators))
