"""What a stack's configuration says, as a frozen model. Every error names the key and the command that mends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import pulumi

from components.existing import ExistingObjects
from components.privileges import Role, groups_by_role
from stacks.adoption import check_existing, read_existing
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
from stacks.layers import stack_name
from territory.model import Datacenter, Territory

KEYS = (
    "territory",
    "layer",
    "environment",
    "cloudAccount",
    "vcenters",
    "vcenterPasswords",
    "hostPasswords",
    "authorizedKeys",
    "groups",
    "existing",
)
"""All a stack may be told; `cloudAccount` is read before the program runs, by who checks that it is the right one."""


class Environment(StrEnum):
    """How long what is deployed has to live."""

    PRODUCTION = "production"
    """What holds state is protected from deletion."""
    EPHEMERAL = "ephemeral"
    """Everything can be deleted by the command that made it."""


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
    environment: Environment
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

    def check(self, territory: Territory) -> None:
        """Raise `SettingsError` where the settings do not fit the territory or the stack they were read from."""
        check_existing(territory, self.existing)
        # One layer deployed into another's stack would delete everything that is there.
        expected = stack_name(territory.name, self.layer)
        if pulumi.get_stack() != expected:
            raise SettingsError(
                "layer",
                f"layer {self.layer} of territory {territory.name} belongs to the stack {expected}, "
                f"this is {pulumi.get_stack()}",
                set_command("layer", pulumi.get_stack().removeprefix(f"{territory.name}-")),
            )


def read_settings(layers: Mapping[str, object]) -> Settings:
    """Read the current stack's configuration; `layers` are the names its layer may have."""
    config = Configuration()
    config.refuse_unknown(KEYS)
    layer = config.text("layer")
    if layer not in layers:
        raise SettingsError(
            "layer", f"found {layer!r}, expected one of {', '.join(layers)}", set_command("layer", "LAYER")
        )
    return Settings(
        territory=config.text("territory"),
        layer=layer,
        environment=_environment(config.text("environment")),
        vcenters=_vcenters(config),
        host_passwords={
            dc: pulumi.Output.secret(text(f"hostPasswords.{dc}", password, secret=True))
            for dc, password in config.mapping("hostPasswords").items()
        },
        authorized_keys=config.texts("authorizedKeys"),
        groups=_groups(config),
        existing=read_existing(config),
    )


def _environment(value: str) -> Environment:
    try:
        return Environment(value)
    except ValueError:
        expected = " or ".join(Environment)
        raise SettingsError(
            "environment", f"found {value!r}, expected {expected}", set_command("environment", Environment.PRODUCTION)
        ) from None


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
