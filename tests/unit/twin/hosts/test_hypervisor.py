"""Guests follow what the APIs say, whatever was missed in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Interface
from pathlib import Path
from typing import Any, cast

import pytest

from twin.hosts import hypervisor as module
from twin.hosts.guests import GuestError, Guests, container
from twin.hosts.hypervisor import Hypervisor
from twin.hosts.machine import Card, FirstHop, Machine, Segment, Sighting, SourceError
from twin.hosts.report import GuestReport, GuestState, read_report
from twin.hosts.wires import FirstHops, WireError, Wires

LAN, RING = Segment("lac-lan-a", 100), Segment("ring-north", 2001)
CARD = Card("00:50:56:01:00:02", LAN)
OFF = Machine("4221", "lac-bastion", None, (CARD,), {"meta-data": "{}"}, 512)
ON = replace(OFF, boot="first")


class Api:
    """A source that says what the test wants it to."""

    name = "vCenter lac"

    def __init__(self, *machines: Machine) -> None:
        self.said: tuple[Machine, ...] | None = machines
        self.told: list[tuple[str, bool]] = []

    def machines(self) -> tuple[Machine, ...]:
        if self.said is None:
            raise SourceError("it does not answer")
        return self.said

    def first_hops(self) -> Mapping[Segment, FirstHop]:
        return {}

    def report(self, machine: Machine, sighting: Sighting | None) -> None:
        self.told.append((machine.name, sighting is not None))


class Containers:
    """Remembers what it was asked instead of doing it."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.started = 40
        self.alive: dict[str, int] = {}
        self.refuses = ""

    def start(self, machine: Machine) -> int:
        self.did.append(f"start {machine.id}")
        if self.refuses == "start":
            raise GuestError("no more room")
        self.started += 1
        self.alive[machine.id] = self.started
        return self.started

    def go(self, machine_id: str) -> None:
        self.did.append(f"go {machine_id}")

    def stop(self, machine_id: str) -> None:
        self.did.append(f"stop {machine_id}")
        self.alive.pop(machine_id, None)

    def remove(self, machine_id: str) -> None:
        self.did.append(f"remove {machine_id}")
        self.alive.pop(machine_id, None)

    def lives(self, pid: int) -> bool:
        return pid in self.alive.values()


class Cables:
    """Likewise."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.refuses = False

    def serve(self, hops: FirstHops) -> None:
        self.did.append(f"serve {len(hops)}")

    def plug(self, pid: int, cards: tuple[Card, ...]) -> dict[str, str]:
        if self.refuses:
            raise WireError("no such process")
        self.did += [f"plug {card.mac} into {card.segment}" for card in cards]
        return {card.mac: f"v-{card.mac}" for card in cards}

    def move(self, cable: str, segment: Segment | None) -> None:
        self.did.append(f"move {cable} to {segment}")

    def unplug(self, cable: str) -> None:
        self.did.append(f"unplug {cable}")


class Ground:
    """A hypervisor on doubles, and what became of its guests."""

    def __init__(self, directory: Path, *machines: Machine) -> None:
        self.directory = directory
        self.api = Api(*machines)
        self.containers, self.cables = Containers(), Cables()
        self.hypervisor = Hypervisor(
            directory, cast("Guests", self.containers), cast("Wires", self.cables), [self.api], {}
        )

    def turn(self, *said: Machine) -> tuple[GuestReport, ...]:
        """One look, after the API says this."""
        self.api.said = said
        self.hypervisor.turn()
        return read_report(self.directory)

    def done(self) -> list[str]:
        """What containers were asked since the last time."""
        did, self.containers.did = self.containers.did, []
        return did


@pytest.fixture
def booted(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Every guest has booted as soon as it is looked at, unless the test says otherwise."""
    how: dict[str, Any] = {"done": True, "key": "ssh-ed25519 AAAA"}

    def see(guest: Any) -> Sighting | None:
        address = {CARD.mac: (IPv4Interface("10.1.0.2/20"),)}
        return Sighting(guest.machine.name, address, how["key"]) if how["done"] else None

    monkeypatch.setattr(module, "_see", see)
    return how


@pytest.fixture
def ground(tmp_path: Path, booted: dict[str, Any]) -> Ground:
    return Ground(tmp_path)


def test_a_machine_that_is_on_runs_on_its_wires_and_is_told_about(ground: Ground) -> None:
    (report,) = ground.turn(ON)
    assert ground.done() == ["start 4221", "go 4221"]
    assert f"plug {CARD.mac} into {LAN}" in ground.cables.did
    assert (report.name, report.state, report.addresses) == ("lac-bastion", GuestState.RUNNING, ("10.1.0.2/20",))
    assert report.host_key == "ssh-ed25519 AAAA"
    assert ground.api.told == [("lac-bastion", True)]


def test_what_is_as_it_should_be_is_left_alone(ground: Ground) -> None:
    ground.turn(ON)
    ground.done()
    ground.turn(ON)
    ground.turn(replace(ON, seed={"meta-data": "another"}))
    assert ground.done() == []
    assert len(ground.api.told) == 1


def test_a_machine_that_is_off_is_known_and_does_not_run(ground: Ground) -> None:
    ground.turn(OFF)
    assert ground.done() == []


def test_off_keeps_the_disk_and_deleting_does_not(ground: Ground) -> None:
    ground.turn(ON)
    (report,) = ground.turn(OFF)
    assert report.state is GuestState.OFF
    assert ground.api.told[-1] == ("lac-bastion", False)
    ground.turn(ON)
    assert ground.done() == ["start 4221", "go 4221", "stop 4221", "start 4221", "go 4221"]
    assert ground.turn() == ()
    assert ground.done() == ["remove 4221"]


def test_one_that_went_off_and_on_between_two_looks_starts_again(ground: Ground) -> None:
    ground.turn(ON)
    ground.turn(replace(ON, boot="second"))
    assert ground.done() == ["start 4221", "go 4221", "stop 4221", "start 4221", "go 4221"]


def test_a_guest_that_died_by_itself_is_started_again(ground: Ground) -> None:
    ground.turn(ON)
    ground.containers.alive.clear()
    (report,) = ground.turn(ON)
    assert ground.done()[2:] == ["start 4221", "go 4221"]
    assert report.state is GuestState.RUNNING


def test_the_first_host_key_is_the_one_that_counts(ground: Ground, booted: dict[str, Any]) -> None:
    ground.turn(ON)
    booted["key"] = "ssh-ed25519 BBBB"
    (report,) = ground.turn(replace(ON, boot="second"))
    assert report.host_key == "ssh-ed25519 AAAA"


def test_cards_that_change_are_plugged_while_it_runs(ground: Ground) -> None:
    second = Card("00:50:56:01:00:03", RING)
    ground.turn(ON)
    ground.cables.did.clear()
    ground.turn(replace(ON, cards=(replace(CARD, segment=RING), second)))
    assert ground.cables.did[1:] == [f"move v-{CARD.mac} to {RING}", f"plug {second.mac} into {RING}"]
    ground.cables.did.clear()
    ground.turn(replace(ON, cards=(second,)))
    assert ground.cables.did[1:] == [f"unplug v-{CARD.mac}"]
    assert "stop 4221" not in ground.done()


def test_the_machines_of_an_api_that_does_not_answer_go_on(ground: Ground) -> None:
    ground.turn(ON)
    ground.done()
    ground.api.said = None
    ground.hypervisor.turn()
    assert ground.done() == []
    (report,) = ground.turn(ON)
    assert report.state is GuestState.RUNNING


def test_a_guest_that_cannot_start_is_named_and_tried_again_later(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    ground.containers.refuses = "start"
    other = replace(ON, id="4222", name="lac-router-1")
    reports = {report.name: report for report in ground.turn(ON)}
    assert reports["lac-bastion"].state is GuestState.FAILED
    assert reports["lac-bastion"].problem == "no more room"
    ground.done()
    ground.turn(ON)
    assert ground.done() == []
    ground.containers.refuses = ""
    reports = {report.name: report for report in ground.turn(ON, other)}
    assert reports["lac-router-1"].state is GuestState.RUNNING
    now[0] += 1
    reports = {report.name: report for report in ground.turn(ON, other)}
    assert reports["lac-bastion"].state is GuestState.RUNNING
    assert reports["lac-bastion"].problem == ""


def test_a_guest_without_its_wires_does_not_run(ground: Ground) -> None:
    ground.cables.refuses = True
    (report,) = ground.turn(ON)
    assert report.state is GuestState.FAILED
    assert ground.done() == ["start 4221", "stop 4221"]


def test_a_guest_that_cannot_be_told_who_it_is_runs_and_says_so(ground: Ground) -> None:
    (report,) = ground.turn(replace(ON, seed={}, fault="guestinfo.userdata is not base64"))
    assert report.state is GuestState.RUNNING
    assert report.problem == "guestinfo.userdata is not base64"


def test_until_it_has_booted_it_is_booting(ground: Ground, booted: dict[str, Any]) -> None:
    booted["done"] = False
    (report,) = ground.turn(ON)
    assert (report.state, report.addresses, ground.api.told) == (GuestState.BOOTING, (), [])
    booted["done"] = True
    (report,) = ground.turn(ON)
    assert report.state is GuestState.RUNNING


@pytest.mark.parametrize("id_", ["", "../x", "a b", "a;b", "é", "$(id)"])
def test_an_id_that_is_none_becomes_no_container(id_: str) -> None:
    with pytest.raises(GuestError):
        container(id_)
