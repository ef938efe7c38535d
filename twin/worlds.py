"""Reading `world.yaml`: the part of it the daemon needs. The simulators read the rest themselves."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from twin.errors import WorldFileError

WORLD_FILE = "world.yaml"
CREDENTIALS_FILE = "credentials.yaml"
RECORD_FILE = "world-id"
HOSTS_DIRECTORY = "hosts"
"""Where a world's hypervisor keeps its guests, beside these files."""

_SCHEMA = 1
_REMEDY = "the file is generated: `./metro twin reset --territory {territory}` makes the world anew"


@dataclass(frozen=True)
class VCenterFile:
    """A vCenter that the world has."""

    id: str
    instance_uuid: str
    port: int
    """On 127.0.0.1; allocated when the world was first made and kept."""

    @property
    def server(self) -> str:
        """The address providers are configured with."""
        return f"127.0.0.1:{self.port}"


@dataclass(frozen=True)
class CloudFile:
    """A public cloud that the world has: one account in one region."""

    id: str
    region: str
    account_id: str
    port: int
    """On 127.0.0.1, likewise."""

    @property
    def server(self) -> str:
        """The address providers are configured with, without its scheme."""
        return f"127.0.0.1:{self.port}"


@dataclass(frozen=True)
class WorldFile:
    """What exists before anything is deployed."""

    directory: Path
    territory: str
    vcenters: tuple[VCenterFile, ...]
    clouds: tuple[CloudFile, ...]
    digest: str
    """Of `world.yaml` and `credentials.yaml` as they were read."""

    @property
    def record(self) -> Path:
        """Where the id of the world that the deployed state belongs to is kept."""
        return self.directory / RECORD_FILE


def read_world(directory: Path) -> WorldFile:
    """Read the world kept in a directory. Raises `WorldFileError` naming the file and what is wrong with it."""
    # The daemon is ready before it ever needs YAML.
    from ruamel.yaml import YAML, YAMLError  # noqa: PLC0415

    path = directory / WORLD_FILE
    remedy = _REMEDY.format(territory=directory.name)
    try:
        data = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        digest = world_digest(directory)
    except OSError as error:
        raise WorldFileError(f"{error.filename}: {error.strerror}", remedy) from error
    except (YAMLError, UnicodeDecodeError) as error:
        raise WorldFileError(f"{path}: not YAML: {error}", remedy) from error

    try:
        if data["schema"] != _SCHEMA:
            raise ValueError(f"schema is {data['schema']}, this version reads {_SCHEMA}")
        vcenters = tuple(_vcenter(item) for item in data["vcenters"])
        clouds = tuple(_cloud(item) for item in data.get("clouds", ()))
        world = WorldFile(directory, str(data["territory"]), vcenters, clouds, digest)
    except (KeyError, TypeError, ValueError) as error:
        problem = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise WorldFileError(f"{path}: {problem}", remedy) from error
    ports = [server.port for server in (*vcenters, *clouds)]
    if not vcenters or len(set(ports)) != len(ports):
        raise WorldFileError(f"{path}: each vCenter and cloud needs a port of its own, found {ports}", remedy)
    return world


def world_digest(directory: Path) -> str:
    """Digest the files a world is made of, to see later that they changed."""
    parts = (directory / name for name in (WORLD_FILE, CREDENTIALS_FILE))
    return hashlib.sha256(b"\0".join(part.read_bytes() for part in parts)).hexdigest()


def _vcenter(item: Any) -> VCenterFile:
    return VCenterFile(str(item["id"]), str(UUID(str(item["instance_uuid"]))), _port(item))


def _cloud(item: Any) -> CloudFile:
    return CloudFile(str(item["id"]), str(item["region"]), str(item["account_id"]), _port(item))


def _port(item: Any) -> int:
    port = item["port"]
    if not isinstance(port, int) or not 1024 <= port <= 65535:
        raise ValueError(f"port of {item['id']} is {port!r}, expected 1024 to 65535")
    return port
