"""The hosts of a twin that a command works on: chosen by name or group, and running."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from operations.errors import InputError, MachineError
from operations.paths import state_directory
from operations.territories import ChosenTerritory
from operations.worlds.automation import identity, ssh_config
from operations.worlds.session import machine_error
from operations.worlds.world import world_files
from territory.errors import nearest
from territory.hosts import Host, hosts
from territory.inventory import host_groups
from territory.model import Territory
from twin.client import connect
from twin.errors import TwinError
from twin.hosts.report import GuestReport, read_report
from twin.worlds import HOSTS_DIRECTORY


@dataclass(frozen=True)
class RunningHosts:
    """Where a territory's hosts run, and how they are reached."""

    world: Path
    """The world's directory."""
    image: Path
    """The tree of the golden image they started from."""

    @property
    def ssh_config(self) -> Path:
        """For `ssh -F`."""
        return ssh_config(self.world)

    @property
    def public_key(self) -> Path:
        """Automation's."""
        return identity(self.world).with_suffix(".pub")

    def reports(self) -> dict[str, GuestReport]:
        """What the hypervisor says of each, by name."""
        return {guest.name: guest for guest in read_report(self.world / HOSTS_DIRECTORY)}


def running_hosts(territory: ChosenTerritory) -> RunningHosts:
    """Where they run. Raises `MachineError` where none does."""
    state, name = state_directory(), territory.model.name
    try:
        client = connect(state)
        worlds = client.status().worlds if client else ()
    except TwinError as error:
        raise machine_error(error) from error
    for world in worlds:
        if world.territory == name and world.hosts and world.hosts.pid:
            return RunningHosts(world_files(state, name).directory.resolve(), Path(world.hosts.image))
    raise MachineError(f"no host of {name} runs", f"./metro up --tier host -t {name}")


def choose_hosts(territory: Territory, wanted: Collection[str], *, groups: bool = False) -> tuple[Host, ...]:
    """The declared hosts of these names (all for none), with `groups` also those of these groups, in their order.

    Raises `InputError` with the nearest name for one that is not declared.
    """
    declared = hosts(territory)
    if not wanted:
        return declared
    names = [host.name for host in declared]
    of_group: dict[str, set[str]] = {}
    for host in declared if groups else ():
        for group in host_groups(host):
            of_group.setdefault(group, set()).add(host.name)
    chosen: set[str] = set()
    for each in wanted:
        if each not in names and each not in of_group:
            near = nearest(each, [*names, *of_group])
            what = "host or group" if groups else "host"
            raise InputError(
                f"{territory.name} declares no {what} {each!r}" + (f"; nearest: {near}" if near else ""),
                f"write {near}" if near else f"it declares {', '.join(names)}",
            )
        chosen |= of_group.get(each, {each})
    return tuple(host for host in declared if host.name in chosen)
