"""What a stack's configuration says, as a frozen model. Every error names the key and the command that mends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pulumi

from components.cloud.existing import ExistingCloud
from components.datacenters.existing import ExistingObjects
from components.datacenters.privileges import Role, groups_by_role
from components.hosts.automation import AutomationArgs
from components.retention import Environment, Retention, retention
from stacks.adoption import check_existing, read_existing
from stacks.automation import read_automation
from stacks.cloud_settings import Cloud, account_command, check_existing_clouds, read_clouds, read_existing_clouds
from stacks.configuration import (
    Configuration,
    SettingsError,
    mapping,
    refuse_unknown,
    set_command,
    set_path_command,
    text,
    texts_by_name,
    truth,
)
from stacks.layers import Layer, stack_name
from territory.errors import one_of
from territory.model import CloudRegion, Datacenter, Territory

KEYS = (
    "territory",
    "layer",
    "part",
    "environment",
    "expires",
    "vcenters",
    "vcenterPasswords",
    "hostPasswords",
    "authorizedKeys",
    "groups",
    "existing",
    "cloud",
    "cloudKeys",
    "existingCloud",
    "signingRequests",
    "automation",
)
"""All a stack may be told."""

EXAMPLE_TIME = "2026-12-31T20:00:00Z"


@dataclass(frozen=True)
class VCenter:
    """How to reach one datacenter's vCenter."""

    server: str
    """Host, or host and port. Example: `vcenter.lac.example`."""
    user: str
    """Example: `metropole@vsphere.local`."""
    password: pulumi.Output[str]
    """A secret."""
    allow_unverified_ssl: bool
    """Whether a certificate nobody vouches for is accepted."""


@dataclass(frozen=True)
class Settings:
    """The configuration of one stack."""

    territory: str
    """Name, or path of a folder."""
    layer: str
    """Which of the territory's layers the stack is."""
    part: str | None
    """Which part of it, where the layer has parts. Example: `graves`, a sector."""
    environment: Environment
    expires: datetime | None
    """When an ephemeral territory may be removed by anybody; None for the others."""
    vcenters: Mapping[str, VCenter]
    """Datacenter to its vCenter."""
    host_passwords: Mapping[str, pulumi.Output[str]]
    """Datacenter to the password of `root` on its hypervisors. Secrets."""
    authorized_keys: tuple[str, ...]
    """OpenSSH public keys let into every guest."""
    groups: Mapping[Role, str]
    """Role to the directory group that gets it."""
    existing: Mapping[str, ExistingObjects]
    """Datacenter to what it already has."""
    clouds: Mapping[str, Cloud]
    """Cloud region to the account there."""
    existing_clouds: Mapping[str, ExistingCloud]
    """Cloud region to what it already has."""
    signing_requests: str | None
    """The folder with the signing requests of gateways; None for the territory's own."""
    automation: AutomationArgs | None
    """How hosts are reached; None where the stack has none."""

    @property
    def retention(self) -> Retention:
        """How long things are kept in the cloud, and how hard they are to delete."""
        return retention(self.environment)

    @property
    def protect_state(self) -> bool:
        """Whether what holds state may be deleted only after `pulumi state unprotect`."""
        return self.environment is Environment.PRODUCTION

    def vcenter(self, dc: Datacenter) -> VCenter:
        """The vCenter of a datacenter. Raises `SettingsError` when the configuration names none."""
        if dc.id not in self.vcenters:
            raise SettingsError(
                "vcenters",
                f"names no vCenter for the datacenter {dc.id}",
                set_path_command(f"vcenters.{dc.id}.server", "HOST"),
            )
        return self.vcenters[dc.id]

    def host_password(self, dc: Datacenter) -> pulumi.Output[str]:
        """The hypervisors' password. Raises `SettingsError` when the configuration has none."""
        if dc.id not in self.host_passwords:
            raise SettingsError(
                "hostPasswords",
                f"holds no password for the hypervisors of {dc.id}",
                set_path_command(f"hostPasswords.{dc.id}", secret=True),
            )
        return self.host_passwords[dc.id]

    def cloud(self, region: CloudRegion) -> Cloud:
        """The account of a cloud region. Raises `SettingsError` when the configuration names none."""
        if region.id not in self.clouds:
            raise SettingsError(
                "cloud",
                f"names no account for the cloud region {region.id}",
                account_command(f"cloud.{region.id}.accountId"),
            )
        return self.clouds[region.id]

    def check(self, territory: Territory, layers: Mapping[str, Layer]) -> None:
        """Raise `SettingsError` where the settings do not fit the territory or the stack they were read from."""
        check_existing(territory, self.existing)
        check_existing_clouds(territory, self.existing_clouds)
        layer = layers[self.layer]
        self._check_part(layer.parts(territory) if layer.parts else ())
        if layer.account_wide and self.environment is Environment.EPHEMERAL:
            raise SettingsError(
                "environment",
                f"the layer {self.layer} exists once in an account, so no ephemeral territory may hold it",
                set_command("environment", Environment.REHEARSAL),
            )
        # One layer deployed into another's stack would delete everything that is there.
        expected = stack_name(territory.name, self.layer, self.part)
        if pulumi.get_stack() != expected:
            key, what = ("layer", "") if self.part is None else ("part", f"part {self.part} of ")
            raise SettingsError(
                key,
                f"{what}layer {self.layer} of territory {territory.name} belongs to the stack {expected}, "
                f"this is {pulumi.get_stack()}",
                set_command(key, pulumi.get_stack().removeprefix(f"{territory.name}-").removeprefix(f"{self.layer}-")),
            )

    def _check_part(self, parts: tuple[str, ...]) -> None:
        if self.part is None and parts:
            raise SettingsError(
                "part", f"is not set; layer {self.layer} has {', '.join(parts)}", set_command("part", "PART")
            )
        if self.part is not None and self.part not in parts:
            expected = ", ".join(parts)
            raise SettingsError(
                "part",
                f"found {self.part!r}, expected one of {expected}"
                if parts
                else f"found {self.part!r}, and the layer {self.layer} has no parts",
                set_command("part", "PART") if parts else "pulumi config rm metropole:part",
            )


def read_settings(layers: Mapping[str, Layer]) -> Settings:
    """Read the current stack's configuration; `layers` are the names its layer may have."""
    config = Configuration()
    config.refuse_unknown(KEYS)
    layer = config.text("layer")
    if layer not in layers:
        raise SettingsError(
            "layer", f"found {layer!r}, expected one of {', '.join(layers)}", set_command("layer", "LAYER")
        )
    environment = _environment(config.text("environment"))
    return Settings(
        territory=config.text("territory"),
        layer=layer,
        part=config.optional_text("part"),
        environment=environment,
        expires=_expires(config, environment),
        vcenters=_vcenters(config),
        host_passwords={
            dc: pulumi.Output.secret(text(f"hostPasswords.{dc}", password, secret=True))
            for dc, password in config.mapping("hostPasswords").items()
        },
        authorized_keys=config.texts("authorizedKeys"),
        groups=_groups(config),
        existing=read_existing(config),
        clouds=read_clouds(config),
        existing_clouds=read_existing_clouds(config),
        signing_requests=config.optional_text("signingRequests"),
        automation=read_automation(config),
    )


def _environment(value: str) -> Environment:
    try:
        return Environment(value)
    except ValueError:
        expected = one_of(Environment)
        raise SettingsError(
            "environment", f"found {value!r}, expected {expected}", set_command("environment", Environment.PRODUCTION)
        ) from None


def _expires(config: Configuration, environment: Environment) -> datetime | None:
    written = config.optional_text("expires")
    if environment is not Environment.EPHEMERAL:
        if written is not None:
            raise SettingsError(
                "expires", f"is for ephemeral territories, this is {environment}", "pulumi config rm metropole:expires"
            )
        return None
    remedy = set_command("expires", EXAMPLE_TIME)
    if written is None:
        raise SettingsError("expires", "is not set, and an ephemeral territory says when it may be removed", remedy)
    try:
        time = datetime.fromisoformat(written)
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise SettingsError("expires", f"found {written!r}, expected a time with its zone (RFC 3339)", remedy)
    return time


def _vcenters(config: Configuration) -> Mapping[str, VCenter]:
    passwords = config.mapping("vcenterPasswords")
    vcenters: dict[str, VCenter] = {}
    for dc, value in config.mapping("vcenters").items():
        entry = mapping(f"vcenters.{dc}", value)
        refuse_unknown(f"vcenters.{dc}", entry, ("server", "user", "allowUnverifiedSsl", "instanceUuid"))
        vcenters[dc] = VCenter(
            server=text(f"vcenters.{dc}.server", entry.get("server")),
            user=text(f"vcenters.{dc}.user", entry.get("user")),
            password=pulumi.Output.secret(text(f"vcenterPasswords.{dc}", passwords.get(dc), secret=True)),
            allow_unverified_ssl=truth(f"vcenters.{dc}.allowUnverifiedSsl", entry.get("allowUnverifiedSsl", False)),
        )
    return vcenters


def _groups(config: Configuration) -> Mapping[Role, str]:
    entry = texts_by_name("groups", config.mapping("groups"), Role)
    try:
        return groups_by_role({Role(role): group for role, group in entry.items()})
    except ValueError as error:
        raise SettingsError("groups", str(error), set_path_command("groups.ROLE", "GROUP")) from None
