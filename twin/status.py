"""What the daemon says of itself and of its worlds, as frozen values that travel as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

Status = TypeVar("Status")


@dataclass(frozen=True)
class VCenterStatus:
    """One simulated vCenter."""

    id: str
    """The datacenter's id."""
    server: str
    """`127.0.0.1:41001`."""
    instance_uuid: str
    pid: int | None
    """Its process; None once that has ended."""


@dataclass(frozen=True)
class CloudStatus:
    """One simulated cloud."""

    id: str
    """The region's id."""
    server: str
    """`127.0.0.1:41003`."""
    region: str
    account_id: str
    pid: int | None
    """Its process; None once that has ended."""


@dataclass(frozen=True)
class HostsStatus:
    """What runs a world's machines as systems."""

    image: str
    """The golden image's tree."""
    pid: int | None
    """The first process of the hypervisor's namespaces, which wires are in too; None once it has ended."""


@dataclass(frozen=True)
class WorldStatus:
    """A world the daemon has started."""

    territory: str
    world_id: str
    """Random, new each time a world is started empty."""
    recorded_world_id: str | None
    """The world that the deployed state belongs to; None while nothing was ever created."""
    lost: bool
    """What the state describes is not in this world: it died, or another one was started in its place."""
    outdated: bool
    """`world.yaml` or `credentials.yaml` changed after the world was started."""
    vcenters: tuple[VCenterStatus, ...]
    vcsim: str = ""
    """Path of the simulator its vCenters run in, which names the version."""
    clouds: tuple[CloudStatus, ...] = ()
    hosts: HostsStatus | None = None
    """None while its machines are records of its APIs and nothing else."""

    @property
    def running(self) -> bool:
        """Whether every vCenter and every cloud is alive."""
        return all(server.pid is not None for server in (*self.vcenters, *self.clouds))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> WorldStatus:
        """Read what `asdict` made."""
        return _read(
            cls,
            data,
            vcenters=tuple(_read(VCenterStatus, item) for item in data["vcenters"]),
            clouds=tuple(_read(CloudStatus, item) for item in data.get("clouds", ())),
            hosts=_read(HostsStatus, data["hosts"]) if data.get("hosts") else None,
        )


@dataclass(frozen=True)
class TwinStatus:
    """The daemon itself."""

    pid: int
    vcsim: str
    """Path of the simulator it starts worlds with, unless a client names another."""
    providers: int
    """Provider instances being served."""
    ending: int
    """Those among them whose engine is gone, and which still end what it had begun."""
    worlds: tuple[WorldStatus, ...]
    code: str = ""
    """Digest of the code it runs: see `twin.code`."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> TwinStatus:
        """Read what `asdict` made."""
        return _read(cls, data, worlds=tuple(WorldStatus.from_json(item) for item in data["worlds"]))


def to_json(status: WorldStatus | TwinStatus) -> dict[str, Any]:
    """Return plain values, ready for `json.dumps`."""
    return asdict(status)


def _read(kind: type[Status], data: Mapping[str, Any], **converted: object) -> Status:
    """Make a status of what a daemon said, which may be of an older or a newer version than this client.

    What this version does not know is left out, what the daemon did not say takes its default. Raises `TypeError` when
    there is none.
    """
    known = {field.name for field in fields(kind)}  # pyright: ignore[reportArgumentType] - only dataclasses are read
    values: dict[str, Any] = {key: value for key, value in data.items() if key in known}
    return kind(**{**values, **converted})
