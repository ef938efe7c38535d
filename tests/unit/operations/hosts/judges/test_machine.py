"""The machine hosts are judged in: it listens on loopback alone, reaches nothing, and ends with whoever runs it."""

from __future__ import annotations

import itertools
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import psutil
import pytest

from operations.errors import MachineError
from operations.hosts.judges.guest import MAC, Guest, wire_of
from operations.hosts.judges.machine import PROGRAM, Wire, accelerator, command_line, running
from operations.territories import choose_territory
from territory.hosts import Host, hosts
from territory.openings import ssh_sources

WIRE = Wire(IPv4Address("10.129.0.2"), IPv4Address("10.129.0.3"), MAC)
SANDBOX = choose_territory("sandbox").model


def line(accel: str = "tcg", disk: Path = Path("/w/disk.raw")) -> tuple[str, ...]:
    return command_line(accel, disk, Path("/w/seed.iso"), WIRE, 40001, Path("/w/console.log"))


def values(argv: tuple[str, ...], option: str) -> list[str]:
    return [value for name, value in itertools.pairwise(argv) if name == option]


def test_nothing_but_one_port_of_loopback_is_listened_on() -> None:
    [network] = values(line(), "-netdev")
    assert network.startswith("user,id=wire,restrict=on,")
    assert [part for part in network.split(",") if "fwd" in part] == ["hostfwd=tcp:127.0.0.1:40001-10.129.0.2:22"]
    assert "-nodefaults" in line()
    assert not {"-vnc", "-monitor", "-qmp", "-spice", "-gdb", "-nic"} & set(line())


def test_the_disk_stays_as_it_is() -> None:
    disk, seed = values(line(), "-drive")
    assert "snapshot=on" in disk.split(",")
    assert "readonly=on" in seed.split(",")


def test_a_path_cannot_add_options() -> None:
    disk, _ = values(line(disk=Path("/w,readonly=off/disk.raw")), "-drive")
    assert disk.startswith("file=/w,,readonly=off/disk.raw,format=raw,")


@pytest.mark.parametrize(("accel", "processor"), [("tcg", "max"), ("kvm", "host")])
def test_processor_and_accelerator_go_together(accel: str, processor: str) -> None:
    assert values(line(accel), "-cpu") == [processor]
    assert values(line(accel), "-accel") == [accel]


@pytest.mark.parametrize("host", hosts(SANDBOX), ids=lambda host: host.name)
def test_every_host_is_asked_from_where_it_lets_in_and_has_its_own_address(host: Host) -> None:

    wire = wire_of(SANDBOX, host)
    assert wire.guest == host.address != wire.asker
    assert any(wire.asker in network for network in ssh_sources(SANDBOX, host))
    assert all(address in wire.network for address in (wire.guest, wire.asker))
    assert not {wire.guest, wire.asker} & {wire.network.network_address, wire.network.broadcast_address}
    told = dict(part.split("=", 1) for part in wire.options(1).split(",") if "=" in part)
    needed = [IPv4Address(told[name]) for name in ("host", "dns", "dhcpstart")]
    assert len({*needed, wire.guest}) == 4
    assert all(address in IPv4Network(told["net"]) for address in needed)


def test_addresses_that_share_no_network() -> None:
    with pytest.raises(MachineError, match="no network"):
        _ = Wire(IPv4Address("10.0.0.1"), IPv4Address("192.168.0.1"), MAC).network


def stand_in(directory: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    program = directory / PROGRAM
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(directory), prepend=":")


def test_a_machine_ends_with_its_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, "exec sleep 600")
    seen: list[int] = []

    def interrupted() -> None:
        with running("tcg", tmp_path, tmp_path, WIRE, tmp_path) as machine:
            seen.append(machine.process.pid)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not psutil.pid_exists(*seen)


def test_one_that_ends_while_it_boots_has_its_last_words_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, "echo 'port is taken' >&2; exit 1")
    with running("tcg", tmp_path, tmp_path, WIRE, tmp_path) as machine:
        machine.process.wait(10)
        guest = Guest("h", tmp_path / "ssh_config")
        with pytest.raises(MachineError, match=r"ended while it booted:\n.*port is taken"):
            guest.wait(machine, lambda _: None, 5)


def test_one_that_does_not_answer_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, "exec sleep 600")
    with running("tcg", tmp_path, tmp_path, WIRE, tmp_path) as machine:
        guest = Guest("h", tmp_path / "ssh_config")
        with pytest.raises(MachineError, match=r"did not answer within 0\.1 s"):
            guest.wait(machine, lambda _: None, 0.1)


def test_an_accelerator_that_no_guest_starts_with_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, "exit 1")
    assert accelerator() == "tcg"
