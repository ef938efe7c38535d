"""Makes the guests be what the APIs say, again and again: nothing that was missed stays missed."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from twin.hosts.guests import GuestError, Guests
from twin.hosts.host_key import host_key
from twin.hosts.machine import Machine, Segment, Sighting, Source, SourceError
from twin.hosts.report import GuestReport, GuestState, write_report
from twin.hosts.wires import FirstHops, WireError, Wires, addresses

_log = logging.getLogger(__name__)

_PARALLEL: Final = 4
_FIRST_RETRY_SECONDS: Final = 1.0
_LONGEST_RETRY_SECONDS: Final = 30.0


@dataclass
class _Guest:
    """What stands for a machine."""

    machine: Machine
    """As it was when its guest was last changed."""
    source: Source
    pid: int | None = None
    """Its first process; None while it is off."""
    cables: dict[str, str] = field(default_factory=dict[str, str])
    """Hardware address to cable."""
    sighting: Sighting | None = None
    host_key: str = ""
    """The first one seen: it belongs to the disk."""
    reported: Sighting | None = None
    problem: str = ""
    retry_at: float = 0.0
    retry_after: float = _FIRST_RETRY_SECONDS

    @property
    def state(self) -> GuestState:
        if self.pid is None:
            return GuestState.FAILED if self.problem else GuestState.OFF
        return GuestState.RUNNING if self.sighting else GuestState.BOOTING


class Hypervisor:
    """One world's hypervisor."""

    def __init__(
        self, directory: Path, guests: Guests, wires: Wires, sources: Iterable[Source], fabric: FirstHops
    ) -> None:
        """`fabric` is what answers as first hop before anything is declared; reports are written to `directory`."""
        self._directory = directory
        self._containers = guests
        self._wires = wires
        self._sources = tuple(sources)
        self._fabric = fabric
        self._guests: dict[str, _Guest] = {}
        self._told: dict[str, str] = {}
        self._pool = ThreadPoolExecutor(_PARALLEL, thread_name_prefix="guest")
        write_report(directory, ())

    def turn(self) -> bool:
        """Look once and do what is needed. Returns whether anything changed or is on its way."""
        wanted = self._look()
        work = [job for job in (self._job(id_, wanted) for id_ in {*self._guests, *wanted}) if job is not None]
        self._serve()
        list(self._pool.map(_run, work))
        changed = self._watch()
        if work or changed:
            write_report(self._directory, [*map(_report, self._guests.values())])
        return bool(work or changed or any(guest.state is GuestState.BOOTING for guest in self._guests.values()))

    def _look(self) -> dict[str, tuple[Machine, Source]]:
        """What the APIs say. The machines of one that does not answer stay as they were."""
        wanted: dict[str, tuple[Machine, Source]] = {}
        for source in self._sources:
            try:
                machines = source.machines()
                self._say(source.name, "")
            except SourceError as error:
                self._say(source.name, str(error))
                machines = tuple(guest.machine for guest in self._guests.values() if guest.source is source)
            wanted |= {machine.id: (machine, source) for machine in machines}
        return wanted

    def _serve(self) -> None:
        hops = dict(self._fabric)
        for source in self._sources:
            hops |= source.first_hops()
        try:
            self._wires.serve(hops)
        except WireError as error:
            self._say("first hops", str(error))

    def _job(self, id_: str, wanted: dict[str, tuple[Machine, Source]]) -> Callable[[], None] | None:
        """What there is to do for one machine."""
        guest = self._guests.get(id_)
        if id_ not in wanted:
            return lambda: self._forget(id_)
        machine, source = wanted[id_]
        if guest is None:
            guest = self._guests[id_] = _Guest(replace(machine, boot=None), source)
        if guest.pid is not None and not self._containers.lives(guest.pid):
            self._lost(guest)
        before = guest.machine
        if not machine.on and guest.pid is None:
            guest.machine, guest.problem = machine, ""
            return None
        if machine.on and guest.pid is not None and machine.boot == before.boot:
            return (lambda: self._replug(guest, machine)) if machine.cards != before.cards else None
        if guest.pid is None and time.monotonic() < guest.retry_at:
            return None
        return lambda: self._power(guest, machine)

    def _power(self, guest: _Guest, machine: Machine) -> None:
        """Off, on, or off and on again."""
        try:
            if guest.pid is not None:
                self._containers.stop(machine.id)
                self._lost(guest)
            guest.machine = machine
            if machine.on:
                self._start(guest)
        except (GuestError, WireError) as error:
            guest.problem = str(error)
            guest.machine = replace(machine, boot=None)
            guest.retry_at = time.monotonic() + guest.retry_after
            guest.retry_after = min(guest.retry_after * 2, _LONGEST_RETRY_SECONDS)
            _log.warning("%s (%s): %s", machine.name, machine.id, error)

    def _start(self, guest: _Guest) -> None:
        machine = guest.machine
        if machine.fault:
            _log.warning("%s (%s) starts without being told who it is: %s", machine.name, machine.id, machine.fault)
        pid = self._containers.start(machine)
        try:
            guest.cables = self._wires.plug(pid, machine.cards)
            self._containers.go(machine.id)
        except (GuestError, WireError):
            self._containers.stop(machine.id)
            raise
        guest.pid, guest.problem, guest.retry_after = pid, machine.fault, _FIRST_RETRY_SECONDS

    def _replug(self, guest: _Guest, machine: Machine) -> None:
        """Follow cards that were added, taken away, or plugged into another segment while the guest runs."""
        try:
            before = {card.mac: card for card in guest.machine.cards}
            after = {card.mac: card for card in machine.cards}
            for mac in before.keys() - after.keys():
                self._wires.unplug(guest.cables.pop(mac))
            for mac in before.keys() & after.keys():
                if before[mac].segment != after[mac].segment:
                    self._wires.move(guest.cables[mac], after[mac].segment)
            new = [card for card in machine.cards if card.mac not in before]
            guest.cables |= self._wires.plug(guest.pid or 0, new)
        except WireError as error:
            guest.problem = str(error)
            _log.warning("%s (%s): %s", machine.name, machine.id, error)
        guest.machine = machine

    def _lost(self, guest: _Guest) -> None:
        """Note that a guest runs no more."""
        for cable in guest.cables.values():
            self._wires.unplug(cable)
        guest.cables, guest.pid, guest.sighting = {}, None, None
        guest.machine = replace(guest.machine, boot=None)

    def _forget(self, id_: str) -> None:
        guest = self._guests[id_]
        try:
            self._containers.remove(id_)
        except GuestError as error:
            _log.warning("%s (%s): %s", guest.machine.name, id_, error)
            return
        for cable in guest.cables.values():
            self._wires.unplug(cable)
        del self._guests[id_]

    def _watch(self) -> bool:
        """See how guests are and tell their APIs. Returns whether anything is new."""
        pending = [guest for guest in self._guests.values() if guest.state is GuestState.BOOTING]
        for guest, sighting in zip(pending, self._pool.map(_see, pending), strict=True):
            guest.sighting = sighting
            guest.host_key = guest.host_key or (sighting.host_key if sighting else "")
        changed = [guest for guest in self._guests.values() if guest.sighting != guest.reported]
        list(self._pool.map(self._tell, changed))
        return bool(changed)

    def _tell(self, guest: _Guest) -> None:
        try:
            guest.source.report(guest.machine, guest.sighting)
            guest.reported = guest.sighting
        except SourceError as error:
            self._say(guest.source.name, str(error))

    def _say(self, about: str, what: str) -> None:
        """Log what is new, once."""
        if self._told.get(about, "") != what:
            self._told[about] = what
            _log.warning("%s", what or f"{about} answers again")


def _run(job: Callable[[], None]) -> None:
    job()


def _see(guest: _Guest) -> Sighting | None:
    """Look for the file that cloud-init leaves last, then at the guest's cards.

    Only whether that file exists is asked: what is in it is the guest's word.
    """
    if guest.pid is None or not os.path.lexists(f"/proc/{guest.pid}/root/run/cloud-init/result.json"):
        return None
    return Sighting(guest.machine.name, addresses(guest.pid), host_key(guest.pid))


def _report(guest: _Guest) -> GuestReport:
    found = guest.sighting.addresses if guest.sighting else {}
    segments: list[Segment | None] = [card.segment for card in guest.machine.cards]
    return GuestReport(
        id=guest.machine.id,
        name=guest.machine.name,
        state=guest.state,
        pid=guest.pid,
        addresses=tuple(str(address) for card in guest.machine.cards for address in found.get(card.mac, ())),
        segments=tuple(str(segment or "-") for segment in segments),
        host_key=guest.host_key,
        problem=guest.problem,
    )
