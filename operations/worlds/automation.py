"""How a twin's hosts are reached: a key pair of the world's own, and one ssh configuration for people and programs."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from operations.worlds.journal_authority import journal_authority, prepare_journal_authority
from territory import addressing
from territory.hosts import Host, hosts
from territory.model import Territory
from twin.hosts.namespace import LOCK_SUFFIX
from twin.hosts.report import KNOWN_HOSTS_FILE
from twin.worlds import HOSTS_DIRECTORY

ACCOUNT = "metropole"
"""The account that user data makes on every host."""
_CONNECT = Path(__file__).resolve().parents[2] / "twin" / "hosts" / "connect.py"


def ssh_config(world: Path) -> Path:
    """Where the ssh configuration of a world is; `world` is the world's directory."""
    return world / "ssh" / "config"


def identity(world: Path) -> Path:
    """Where automation's private key is, its public one beside it with the suffix `.pub`."""
    return world / "ssh" / "id_ed25519"


@dataclass(frozen=True)
class Automation:
    """What a program needs to reach every host of a world."""

    ssh_config: Path
    """For `ssh -F`: knows every host by its name."""
    public_key: str
    """In OpenSSH's format, for the hosts."""
    evidence: Path
    """The directory in which each run leaves its log."""
    journal_authority: Path
    """The directory of the authority that hosts' certificates are from."""


def prepare_automation(world: Path, territory: Territory) -> Automation:
    """Make the key pair if there is none, and write the ssh configuration. `world` is the world's directory."""
    key, config = identity(world), ssh_config(world)
    config.parent.mkdir(mode=0o700, exist_ok=True)
    if not key.exists():
        _make_key(key)
    public_key = key.with_suffix(".pub").read_text(encoding="ascii").strip()
    text = "\n".join(_configuration(world, territory))
    if not config.exists() or config.read_text(encoding="utf-8") != text:
        temporary = config.with_name(".config")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(config)
    authority = prepare_journal_authority(world, territory)
    return Automation(config.resolve(), public_key, world.resolve() / "evidence", authority.resolve())


def imagined_automation() -> Automation:
    """That of a world that is nowhere: its key opens nothing."""
    nobodys = Ed25519PublicKey.from_public_bytes(bytes(32))
    key = nobodys.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()
    planned = Path("/planned")
    return Automation(planned / "ssh_config", key, planned / "evidence", planned / "journal_authority")


def forget_automation(world: Path) -> None:
    """Remove the key pair, the configuration and the authority."""
    shutil.rmtree(ssh_config(world).parent, ignore_errors=True)
    shutil.rmtree(journal_authority(world), ignore_errors=True)


def _make_key(place: Path) -> None:
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    place.with_suffix(".pub").write_bytes(public + b" automation\n")
    temporary = place.with_suffix(".new")
    temporary.touch(mode=0o600)
    temporary.write_bytes(private)
    temporary.replace(place)


def _configuration(world: Path, territory: Territory) -> Iterator[str]:
    yield "# Written by metro from the territory; changes are lost."
    for host in hosts(territory):
        yield f"Host {host.name}"
        yield f"  HostName {host.address}"
        yield from (f"  {line}" for line in _way(world, territory, host))
    yield "Host *"
    yield f"  User {ACCOUNT}"
    yield f"  IdentityFile {_quoted(identity(world))}"
    yield "  IdentitiesOnly yes"
    yield "  PreferredAuthentications publickey"
    # What a host's key is comes from the hypervisor, which reads it off the guest's disk: nothing is trusted on sight.
    yield f"  UserKnownHostsFile {_quoted(world / HOSTS_DIRECTORY / KNOWN_HOSTS_FILE)}"
    yield "  GlobalKnownHostsFile /dev/null"
    yield "  StrictHostKeyChecking yes"
    yield "  UpdateHostKeys no"
    yield "  ConnectTimeout 10"
    yield "  ServerAliveInterval 5"
    yield "  ServerAliveCountMax 3"
    yield "  ForwardAgent no"
    yield ""


def _way(world: Path, territory: Territory, host: Host) -> Iterator[str]:
    yield f"HostKeyAlias {host.name}"
    jump = host.ways[0].jump
    if jump is not None:
        yield f"ProxyJump {jump}"
        return
    lock = (world / HOSTS_DIRECTORY).with_suffix(LOCK_SUFFIX)
    source = _automation_of(territory, host)
    connect = (sys.executable, "-IS", str(_CONNECT), str(lock), str(source), "%h", "%p")
    yield f"ProxyCommand {' '.join(part if part in ('%h', '%p') else shlex.quote(part) for part in connect)}"
    yield "ProxyUseFdpass yes"


def _automation_of(territory: Territory, host: Host) -> IPv4Address:
    """Where automation stands that reaches a host: in its own site, in the first for one in no datacenter."""
    site = next((dc for dc in territory.datacenters if dc.id == host.site), territory.datacenters[0])
    return addressing.automation_address(territory, site)


def _quoted(path: Path) -> str:
    """For ssh, which splits at blanks and expands `%`."""
    return '"' + str(path).replace("%", "%%") + '"'
