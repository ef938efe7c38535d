"""The territory's vocabulary: frozen models of what `stacks/territories/<name>/*.yaml` may say.

Every model refuses unknown keys. Cross-references (a circuit's routers, a service's dependencies) are resolved by
`territory.checks`, which knows the whole; a model only judges itself.
"""

from __future__ import annotations

from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

IDENTIFIER_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
INSEE_PATTERN = r"^(\d{2}|2[AB])\d{3}$"
DEPARTEMENT_PATTERN = r"^(\d{2}|2[AB])$"
COUNTRY_PATTERN = r"^[A-Z]{2}$"
AVAILABILITY_ZONE_PATTERN = r"^[a-h]$"
IMAGE_PATTERN = r"^ami-[0-9a-f]{8,17}$"

MOST_REPLICAS = 8
"""Of an asset in one site: so many addresses are kept for each."""

Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER_PATTERN, max_length=40)]
"""A name that can become part of a resource name, a host name and a DNS label: `lac-router-1`."""

InseeCode = Annotated[str, StringConstraints(pattern=INSEE_PATTERN)]
"""The official number of a commune, département first: `33063` is Bordeaux."""

AvailabilityZone = Annotated[str, StringConstraints(pattern=AVAILABILITY_ZONE_PATTERN)]
"""The letter of a provider's availability zone: `a` of `eu-west-3` is `eu-west-3a`."""


class Model(BaseModel):
    """Frozen, strict about unknown keys; docstrings under fields become their description in the JSON Schema."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Criticality(StrEnum):
    """What the loss of a service costs the territory, from worst to least."""

    VITAL = "vital"
    ESSENTIAL = "essential"
    IMPORTANT = "important"
    STANDARD = "standard"


class Zone(StrEnum):
    """A security zone; every datacenter has one segment of each, every commune one of each of `COMMUNE_ZONES`."""

    ADMIN = "admin"
    SERVICES = "services"
    DATA = "data"
    DMZ = "dmz"
    IOT = "iot"


COMMUNE_ZONES = (Zone.ADMIN, Zone.SERVICES, Zone.IOT)
"""What is behind every commune's router; data and dmz are kept in datacenters."""


class Placement(StrEnum):
    """Where an asset lives: on the territory's own hosts or at the cloud provider's."""

    PRIVATE = "private"
    PUBLIC = "public"


class AddressSpace(Model):
    """The supernets everything else is computed from; they may not overlap."""

    sites: IPv4Network
    """Datacenters: site number n gets the n-th /16, zone z of it the z-th /20. Example: `10.0.0.0/12`."""
    links: IPv4Network
    """One /31 a circuit, all in its first /20; access network number n gets the n-th /20. Example: `10.32.0.0/16`."""
    cloud: IPv4Network
    """Cloud regions: region number n gets the n-th /16. Example: `10.48.0.0/12`."""
    communes: dict[Annotated[str, StringConstraints(pattern=DEPARTEMENT_PATTERN)], IPv4Network]
    """Département to the supernet of its communes: commune 33063 gets the 63rd /20 of `33`.

    Example: `{"33": 10.64.0.0/10}`.
    """


class EsxiHost(Model):
    """A physical hypervisor that exists before the platform does."""

    name: Identifier
    """Example: `lac-esxi-1`."""
    feed: Identifier
    """The power feed it hangs on: one of the site's."""
    cpu_cores: Annotated[int, Field(ge=1, le=512)]
    memory_gib: Annotated[int, Field(ge=4, le=8192)]


class Datacenter(Model):
    """A datacenter of the territory's own: one vCenter, one cluster."""

    id: Identifier
    name: str
    number: Annotated[int, Field(ge=1, le=15)]
    """Position in the address plan; never reused."""
    commune: InseeCode
    """The commune it stands in."""
    lat_about: Annotated[float, Field(ge=-90, le=90)] | None = None
    """Where a map shows it; without coordinates of its own it stands beside its commune's."""
    lon_about: Annotated[float, Field(ge=-180, le=180)] | None = None
    feeds: Annotated[tuple[Identifier, ...], Field(min_length=2)]
    """Independent power feeds. Example: `[feed-a, feed-b]`."""
    hosts: Annotated[tuple[EsxiHost, ...], Field(min_length=2)]
    datastore: Identifier
    """The datastore its hosts share. Example: `lac-san-1`."""
    template: Identifier
    """The virtual machine template guests are cloned from; its hosts bring it. Example: `debian-12`."""
    vpn_address: IPv4Address
    """The public address its side of the cloud's VPN answers on; a border router's. Example: `192.0.2.1`."""


class CloudRegion(Model):
    """A public cloud region the territory may place assets in."""

    id: Identifier
    name: str
    number: Annotated[int, Field(ge=1, le=15)]
    provider_region: str
    """The provider's own name. Example: `eu-west-3`."""
    country: Annotated[str, StringConstraints(pattern=COUNTRY_PATTERN)]
    """ISO 3166-1. Example: `FR`."""
    zones: Annotated[tuple[AvailabilityZone, ...], Field(min_length=2)]
    """The availability zones in use, by their letter, as the provider gives them. Example: `[a, b]`."""
    image: Annotated[str, StringConstraints(pattern=IMAGE_PATTERN)]
    """The machine image public hosts start from, of this region. Example: `ami-0123456789abcdef0`."""


class Carrier(Model):
    """Who owns the glass of a path."""

    id: Identifier
    name: str


class Path(Model):
    """A physical fibre route: circuits on one path die together."""

    id: Identifier
    name: str
    carrier: Identifier


class BorderRouter(Model):
    """A virtual machine that ends circuits at a datacenter and speaks BGP with its peers."""

    id: Identifier
    number: Annotated[int, Field(ge=1, le=50)]
    """Position among its site's routers in the address plan; never reused."""
    site: Identifier
    """The datacenter it stands in."""
    feed: Identifier
    """The power feed of the hosts it may run on."""


class Circuit(Model):
    """One link between two border routers, on one path; never a bundle."""

    id: Identifier
    number: Annotated[int, Field(ge=1, le=255)]
    """Position in the address plan and in the VLAN plan (VLAN 1000 + number); never reused."""
    routers: tuple[Identifier, Identifier]
    """Its two ends, border routers of two datacenters."""
    path: Identifier
    bandwidth_mbps: Annotated[int, Field(ge=1)] = 10_000


class AccessNetwork(Model):
    """One segment, on one path, that a border router shares with points of presence: a commune more moves nobody."""

    id: Identifier
    """Example: `ring-north-lac-1`."""
    number: Annotated[int, Field(ge=1, le=255)]
    """Position in the address plan and in the VLAN plan (VLAN 2000 + number); never reused."""
    router: Identifier
    """The border router that communes reach over it."""
    path: Identifier


class Sector(Model):
    """Neighbouring communes that one team of the territory's operators looks after: one stack a layer."""

    id: Identifier
    """Example: `graves`."""
    name: str


class PointOfPresence(Model):
    """The small hypervisor in a commune: it stands alone, with a disk of its own, and carries the commune's router."""

    cpu_cores: Annotated[int, Field(ge=1, le=512)] = 8
    memory_gib: Annotated[int, Field(ge=4, le=8192)] = 32


class Commune(Model):
    """One commune and its point of presence. Population and coordinates are approximate."""

    insee: InseeCode
    name: str
    sector: Identifier
    """Whose team looks after it."""
    population_about: Annotated[int, Field(ge=0)]
    lat_about: Annotated[float, Field(ge=-90, le=90)]
    lon_about: Annotated[float, Field(ge=-180, le=180)]
    vcenter: Identifier
    """The datacenter whose vCenter manages this point of presence."""
    access: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    """The access networks it is on; two paths and every datacenter, or the check says what is missing."""
    point_of_presence: PointOfPresence = PointOfPresence()
    """The hypervisor that stands there."""

    @property
    def slug(self) -> str:
        """An `Identifier` made of the INSEE code, stable under renaming: `commune-33063`."""
        return f"commune-{self.insee.lower()}"


class Asset(Model):
    """One virtual machine (or one replica a site) a service runs on."""

    id: Identifier
    number: Annotated[int, Field(ge=1, le=500)]
    """Position in the address plan, unique in the whole territory; never reused."""
    zone: Zone
    sites: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    """Where it runs: datacenters when private, cloud regions when public. Example: `[lac, pessac]`."""
    placement: Placement = Placement.PRIVATE
    replicas: Annotated[int, Field(ge=1, le=MOST_REPLICAS)] = 1
    """Replicas in each of its sites; more than one are kept on different hosts."""
    cpus: Annotated[int, Field(ge=1, le=64)] = 2
    memory_mib: Annotated[int, Field(ge=256, le=1_048_576)] = 2048


class Service(Model):
    """What the territory's people rely on."""

    id: Identifier
    name: str
    owner: str
    """A team, or the INSEE code of the commune that owns it."""
    criticality: Criticality
    depends_on: tuple[Identifier, ...] = ()
    assets: Annotated[tuple[Asset, ...], Field(min_length=1)]


EdgeKind = Literal["lamp-post", "pumping-station", "crossing"]
"""What a place of the IoT fleet is; gateways of one kind have one role."""


class EdgeSite(Model):
    """A place of the IoT fleet: a lamp-post with its gateway, a pumping station."""

    id: Identifier
    kind: EdgeKind
    commune: InseeCode
    services: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    """The services its one set of sensors feeds: several, never a silo."""


class Territory(Model):
    """A whole metropolis. `territory.loader.load_territory` reads one; nothing else makes one in production."""

    name: Identifier
    """Its folder under `stacks/territories/` and the first word of its stacks' names."""
    title: str
    address_space: AddressSpace
    datacenters: Annotated[tuple[Datacenter, ...], Field(min_length=2)]
    cloud_regions: Annotated[tuple[CloudRegion, ...], Field(min_length=1)]
    carriers: Annotated[tuple[Carrier, ...], Field(min_length=1)]
    paths: Annotated[tuple[Path, ...], Field(min_length=1)]
    border_routers: tuple[BorderRouter, ...]
    circuits: tuple[Circuit, ...]
    access_networks: tuple[AccessNetwork, ...]
    sectors: Annotated[tuple[Sector, ...], Field(min_length=1)]
    communes: Annotated[tuple[Commune, ...], Field(min_length=1)]
    services: tuple[Service, ...]
    edge_sites: tuple[EdgeSite, ...] = ()
