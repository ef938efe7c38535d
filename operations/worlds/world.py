"""What exists before Pulumi, from the territory: vCenters, hosts, fibres, datastores, templates, cloud accounts.

The twin reads the two files written here and nothing else of ours. `world.yaml` is a pure function of the territory
and of the ports, which are chosen once; `credentials.yaml` is made once, random, and readable by its owner alone.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from operations.worlds.automation import Automation, forget_automation, imagined_automation, prepare_automation
from operations.worlds.equipment import equipment
from operations.worlds.fabric import fabric
from operations.worlds.ports import choose_port
from operations.yaml_files import read_mapping, write_mapping
from territory.model import Territory

SCHEMA = 1
IDENTITY = UUID("5d0c3b0e-7f4c-5d0f-9a53-4f1b8f1f0c0a")
"""Namespace of every instance UUID of the twin: never that of a real vCenter."""
SIMULATED_ACCOUNTS = "0000"
"""How the number of every account of the twin begins: AWS gives out none like it."""
USER = "metropole@vsphere.local"
NOBODYS_PASSWORD = "planned"  # noqa: S105 - opens nothing: it stands in plans

ChoosePort = Callable[[str, Collection[int]], int]


@dataclass(frozen=True)
class WorldFiles:
    """Where one territory's world is written down."""

    directory: Path
    """`<state>/worlds/<territory>`."""

    @property
    def world(self) -> Path:
        """What exists, without secrets."""
        return self.directory / "world.yaml"

    @property
    def credentials(self) -> Path:
        """Users and passwords; mode 0600."""
        return self.directory / "credentials.yaml"


@dataclass(frozen=True)
class VCenterAccess:
    """How to reach one simulated vCenter."""

    server: str
    """`127.0.0.1:20123`."""
    instance_uuid: str
    user: str
    password: str
    host_password: str
    """Root's password on the ESXi hosts of its datacenter."""

    def __repr__(self) -> str:
        return f"VCenterAccess(server={self.server!r}, user={self.user!r})"


@dataclass(frozen=True)
class CloudAccess:
    """How to reach one simulated cloud."""

    endpoint: str
    """`http://127.0.0.1:20125`."""
    region: str
    """The provider's own name: `eu-west-3`."""
    account_id: str
    access_key_id: str
    secret_access_key: str

    def __repr__(self) -> str:
        return f"CloudAccess(endpoint={self.endpoint!r}, account_id={self.account_id!r})"


@dataclass(frozen=True)
class World:
    """A territory's world on disk."""

    territory: str
    directory: Path
    vcenters: Mapping[str, VCenterAccess]
    """By datacenter id."""
    clouds: Mapping[str, CloudAccess]
    """By the id of the cloud region."""
    automation: Automation
    """How its hosts are reached."""


def world_files(state: Path, territory: str) -> WorldFiles:
    """The world files of a territory, whether they exist or not."""
    return WorldFiles(state / "worlds" / territory)


def prepare_world(state: Path, territory: Territory, choose: ChoosePort = choose_port) -> World:
    """Write (or bring up to date) a territory's `world.yaml` and `credentials.yaml`; keeps ports and passwords."""
    files = world_files(state, territory.name)
    files.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    before = read_mapping(files.world)
    ports = _ports(state, territory, before, choose)
    after = world_document(territory, ports)
    if after != before:
        write_mapping(files.world, after)
    credentials = _credentials(files.credentials, territory)
    vcenters = {
        datacenter.id: VCenterAccess(
            server=f"127.0.0.1:{ports[datacenter.id]}",
            instance_uuid=instance_uuid(territory.name, datacenter.id),
            **credentials["vcenters"][datacenter.id],
        )
        for datacenter in territory.datacenters
    }
    clouds = {
        region.id: CloudAccess(
            endpoint=f"http://127.0.0.1:{ports[region.id]}",
            region=region.provider_region,
            account_id=account_id(territory.name),
            **credentials["clouds"][region.id],
        )
        for region in territory.cloud_regions
    }
    return World(territory.name, files.directory, vcenters, clouds, prepare_automation(files.directory, territory))


def imagined_world(territory: Territory) -> World:
    """A world that is nowhere, for a plan: its servers have names that never resolve."""
    vcenters = {
        datacenter.id: VCenterAccess(
            server=f"vcenter-{datacenter.id}.invalid",
            instance_uuid=instance_uuid(territory.name, datacenter.id),
            user=USER,
            password=NOBODYS_PASSWORD,
            host_password=NOBODYS_PASSWORD,
        )
        for datacenter in territory.datacenters
    }
    clouds = {
        region.id: CloudAccess(
            endpoint=f"http://{region.id}.invalid",
            region=region.provider_region,
            account_id=account_id(territory.name),
            access_key_id="planned",
            secret_access_key=NOBODYS_PASSWORD,
        )
        for region in territory.cloud_regions
    }
    return World(territory.name, Path(), vcenters, clouds, imagined_automation())


def world_document(territory: Territory, ports: Mapping[str, int]) -> dict[str, Any]:
    """The content of `world.yaml`: a pure function of the territory and of each server's port."""
    equipped = {datacenter.id: equipment(territory, datacenter) for datacenter in territory.datacenters}
    return {
        "schema": SCHEMA,
        "territory": territory.name,
        "vcenters": [
            {
                "id": datacenter.id,
                "instance_uuid": instance_uuid(territory.name, datacenter.id),
                "port": ports[datacenter.id],
                **equipped[datacenter.id],
            }
            for datacenter in territory.datacenters
        ],
        "fabric": [
            answering
            for datacenter in territory.datacenters
            for answering in fabric(territory, datacenter, equipped[datacenter.id]["hosts"])
        ],
        "clouds": [
            {
                "id": region.id,
                "region": region.provider_region,
                "account_id": account_id(territory.name),
                "image": region.image,
                "port": ports[region.id],
            }
            for region in territory.cloud_regions
        ],
    }


def instance_uuid(territory: str, datacenter: str) -> str:
    """A simulated vCenter's instance UUID: the same on every machine, never a real one's."""
    return str(uuid5(IDENTITY, f"{territory}/{datacenter}"))


def account_id(territory: str) -> str:
    """A territory's simulated cloud account: the same on every machine, never a real one's."""
    return f"{SIMULATED_ACCOUNTS}{uuid5(IDENTITY, territory).int % 10**8:08}"


def _ports(state: Path, territory: Territory, before: Mapping[str, Any], choose: ChoosePort) -> dict[str, int]:
    kept = {server["id"]: int(server["port"]) for server in _servers(before)}
    taken = _ports_of_other_worlds(state, territory.name) | set(kept.values())
    ports: dict[str, int] = {}
    for place in (*territory.datacenters, *territory.cloud_regions):
        port = kept.get(place.id) or choose(f"{state}/{territory.name}/{place.id}", taken)
        taken.add(port)
        ports[place.id] = port
    return ports


def _ports_of_other_worlds(state: Path, territory: str) -> set[int]:
    others = (file for file in (state / "worlds").glob("*/world.yaml") if file.parent.name != territory)
    return {int(server["port"]) for file in others for server in _servers(read_mapping(file))}


def _servers(world: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [*world.get("vcenters", []), *world.get("clouds", [])]


def _credentials(path: Path, territory: Territory) -> dict[str, dict[str, dict[str, str]]]:
    known: dict[str, dict[str, dict[str, str]]] = read_mapping(path)
    vcenters, clouds = known.get("vcenters", {}), known.get("clouds", {})
    wanted = {
        "vcenters": {
            datacenter.id: vcenters.get(datacenter.id)
            or {"user": USER, "password": secrets.token_urlsafe(24), "host_password": secrets.token_urlsafe(24)}
            for datacenter in territory.datacenters
        },
        "clouds": {
            region.id: clouds.get(region.id)
            or {"access_key_id": _access_key_id(), "secret_access_key": secrets.token_urlsafe(30)}
            for region in territory.cloud_regions
        },
    }
    if wanted != known or path.stat().st_mode & 0o077:
        write_mapping(path, wanted, mode=0o600)
    return wanted


def _access_key_id() -> str:
    """In the form AWS gives its own."""
    return "AKIA" + "".join(secrets.choice(string.ascii_uppercase + "234567") for _ in range(16))


def forget_world(state: Path, territory: str) -> None:
    """Remove a world's files: its next life has new ports and new passwords. The world must not be running."""
    files = world_files(state, territory)
    for path in (files.world, files.credentials, files.directory / "world-id"):
        path.unlink(missing_ok=True)
    forget_automation(files.directory)
    if files.directory.is_dir() and not any(files.directory.iterdir()):
        files.directory.rmdir()
