"""What the hypervisor is told about machines, whichever API declared them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Interface
from typing import Protocol


@dataclass(frozen=True, order=True)
class Segment:
    """One layer-2 network: in vSphere the fibre that the active uplink reaches and a VLAN, in a cloud a subnet."""

    fibre: str
    """Of `world.yaml`, or the subnet's id. Example: `lac-lan-a`."""
    vlan: int = 0
    """802.1Q number; 0 for untagged and in a cloud."""

    def __str__(self) -> str:
        return f"{self.fibre}.{self.vlan}" if self.vlan else self.fibre


@dataclass(frozen=True)
class FirstHop:
    """What answers as router on a segment without being a machine."""

    addresses: tuple[IPv4Interface, ...]
    site: str
    """It carries traffic between segments of one site, and between any of them and the cloud, which has no name."""


@dataclass(frozen=True)
class Card:
    """One network card."""

    mac: str
    segment: Segment | None
    """None while it is plugged into nothing: a port group without an uplink that reaches a fibre."""


@dataclass(frozen=True)
class Machine:
    """One declared machine, as its API says it is now."""

    id: str
    """Unique in the world: a vCenter's BIOS UUID or an instance id."""
    name: str
    """What people call it; nothing may be derived from it, since an API takes any text."""
    boot: str | None
    """What changes with each power-on; None while it is off."""
    cards: tuple[Card, ...]
    seed: Mapping[str, str]
    """cloud-init's files by name: `meta-data`, `user-data`, `network-config`. Read by the guest when it boots."""
    memory_mib: int
    fault: str = ""
    """Why it cannot be told what it was meant to be told; it boots all the same, as a real one would."""

    @property
    def on(self) -> bool:
        """Whether it is to run."""
        return self.boot is not None


@dataclass(frozen=True)
class Sighting:
    """What was seen of a guest from outside, once cloud-init had done all it had to do."""

    hostname: str
    addresses: Mapping[str, tuple[IPv4Interface, ...]]
    """Hardware address of a card to the addresses on it."""
    host_key: str
    """The public key of its ssh server, as OpenSSH writes it; empty when it has none that can be read."""


class Source(Protocol):
    """An API that declares machines."""

    name: str
    """For logs. Example: `vCenter lac`."""

    def machines(self) -> tuple[Machine, ...]:
        """Every machine there is now. Raises `SourceError` when it does not answer."""
        ...

    def first_hops(self) -> Mapping[Segment, FirstHop]:
        """Those that came with what was declared, beside what `world.yaml` names."""
        ...

    def report(self, machine: Machine, sighting: Sighting | None) -> None:
        """Tell the API what its guest tools would; None when the guest has gone down. Raises `SourceError`."""
        ...


class SourceError(Exception):
    """An API did not answer; what is known of its machines stays true until it does."""
