"""What the daemon says of itself and of its worlds, as frozen values that travel as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


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

    @property
    def running(self) -> bool:
        """Whether every vCenter is alive."""
        return all(vcenter.pid is not None for vcenter in self.vcenters)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> WorldStatus:
        """Read what `asdict` made."""
        fields: dict[str, Any] = {**data, "vcenters": tuple(VCenterStatus(**item) for item in data["vcenters"])}
        return cls(**fields)


@dataclass(frozen=True)
class TwinStatus:
    """The daemon itself."""

    pid: int
    vcsim: str
    """Path of the simulator it starts worlds with."""
    providers: int
    """Provider instances being served."""
    ending: int
    """Those among them whose engine is gone, and which still end what it had begun."""
    worlds: tuple[WorldStatus, ...]

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> TwinStatus:
        """Read what `asdict` made."""
        fields: dict[str, Any] = {**data, "worlds": tuple(WorldStatus.from_json(item) for item in data["worlds"])}
        return cls(**fields)


def to_json(status: WorldStatus | TwinStatus) -> dict[str, Any]:
    """Return plain values, ready for `json.dumps`."""
    return asdict(status)
