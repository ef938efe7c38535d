"""Where things are in a vCenter's inventory, beside the names that `territory.naming` gives."""

from __future__ import annotations

from enum import StrEnum

from territory.model import Datacenter, Service


class Folder(StrEnum):
    """The tree below a datacenter's VM folder, parents first: rights follow it."""

    PLATFORM = "platform"
    """What the platform itself needs."""
    ACCESS = "platform/access"
    """Bastions: how people get in."""
    NETWORK = "platform/network"
    """Border routers: how datacenters reach each other."""
    COMMUNES = "platform/communes"
    """The routers of points of presence: how communes reach the datacenters."""
    SERVICES = "services"
    """The guests of what the territory relies on, one folder a service."""

    @property
    def parent(self) -> Folder | None:
        """The folder it lies in; none when it lies in the datacenter's own."""
        path, _, _ = self.value.rpartition("/")
        return Folder(path) if path else None

    @property
    def slug(self) -> str:
        """The path as part of a resource's name. Example: `platform-access`."""
        return self.value.replace("/", "-")


def service_folder(service: Service) -> str:
    """Example: `services/water-telemetry`."""
    return f"{Folder.SERVICES.value}/{service.id}"


def feed_group_name(dc: Datacenter, feed: str) -> str:
    """The group of the hosts that hang on a power feed. Example: `lac-feed-a`."""
    return f"{dc.id}-{feed}"
