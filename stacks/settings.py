"""What a stack's configuration says, as a frozen model. Every error names the key and the command that mends it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

import pulumi

from components.existing import ExistingCluster, ExistingObjects
from components.privileges import Role, groups_by_role
from components.site import Category
from stacks.references import stack_name
from territory.model import Datacenter, Territory

NAMESPACE = "metropole"


class Environment(StrEnum):
    """How long what is deployed has to live."""

    PRODUCTION = "production"
    """What holds state is protected from deletion."""
    EPHEMERAL = "ephemeral"
    """Everything can be deleted by the command that made it."""


class SettingsError(pulumi.RunError):
    """The stack's configuration cannot be used; the message ends with the command that mends it."""

    def __init__(self, key: str, problem: str, remedy: str) -> None:
        super().__init__(f"{NAMESPACE}:{key}: {problem}\n  remedy: {remedy} --stack {pulumi.get_stack()}")


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
                _set_path(f"vcenters.{dc.id}.server", "HOST"),
            )
        return self.vcenters[dc.id]

    def host_password(self, dc: Datacenter) -> pulumi.Output[str]:
        """The hypervisors' password. Raises `SettingsError` when the configuration has none."""
        if dc.id not in self.host_passwords:
            raise SettingsError(
                "hostPasswords",
                f"holds no password for the hypervisors of {dc.id}",
                _set_path(f"hostPasswords.{dc.id}", secret=True),
            )
        return self.host_passwords[dc.id]

    def check_stack(self, territory: Territory) -> None:
        """Refuse to deploy one layer into another's stack: it would delete everything that is there."""
        expected = stack_name(territory, self.layer)
        if pulumi.get_stack() != expected:
            raise SettingsError(
                "layer",
                f"layer {self.layer} of territory {territory.name} belongs to the stack {expected}, "
                f"this is {pulumi.get_stack()}",
                _set("layer", pulumi.get_stack().removeprefix(f"{territory.name}-")),
            )


def read_settings(layers: Mapping[str, object]) -> Settings:
    """Read the current stack's configuration; `layers` are the names its layer may have."""
    config = _Configuration()
    layer = config.text("layer")
    if layer not in layers:
        raise SettingsError("layer", f"found {layer!r}, expected one of {', '.join(layers)}", _set("layer", "LAYER"))
    return Settings(
        territory=config.text("territory"),
        layer=layer,
        environment=_environment(config.text("environment")),
        vcenters=_vcenters(config),
        host_passwords={
            dc: pulumi.Output.secret(_text(f"hostPasswords.{dc}", password, secret=True))
            for dc, password in config.mapping("hostPasswords").items()
        },
        authorized_keys=config.texts("authorizedKeys"),
        groups=_groups(config),
        existing={
            dc: _existing(f"existing.{dc}", _mapping(f"existing.{dc}", value))
            for dc, value in config.mapping("existing").items()
        },
    )


class _Configuration:
    def __init__(self) -> None:
        self._config = pulumi.Config(NAMESPACE)

    def text(self, key: str) -> str:
        value = self._config.get(key)
        if not value:
            raise SettingsError(key, "is not set", _set(key, "VALUE"))
        return value

    def mapping(self, key: str) -> Mapping[str, Any]:
        return _mapping(key, self._object(key, {}))

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._object(key, [])
        if not isinstance(value, list):
            raise SettingsError(key, "expected a list of strings", _set_path(f"{key}[0]", "VALUE"))
        return tuple(_text(f"{key}[{i}]", item) for i, item in enumerate(cast("list[object]", value)))

    def _object(self, key: str, default: object) -> object:
        text = self._config.get(key)
        if text is None:
            return default
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            raise SettingsError(key, "expected an object, found plain text", _set_path(f"{key}.KEY", "VALUE")) from None


def _environment(value: str) -> Environment:
    try:
        return Environment(value)
    except ValueError:
        expected = " or ".join(Environment)
        raise SettingsError(
            "environment", f"found {value!r}, expected {expected}", _set("environment", Environment.PRODUCTION)
        ) from None


def _vcenters(config: _Configuration) -> Mapping[str, VCenter]:
    passwords = config.mapping("vcenterPasswords")
    vcenters: dict[str, VCenter] = {}
    for dc, value in config.mapping("vcenters").items():
        entry = _mapping(f"vcenters.{dc}", value)
        _known(f"vcenters.{dc}", entry, ("server", "user", "allowUnverifiedSsl", "instanceUuid"))
        vcenters[dc] = VCenter(
            server=_text(f"vcenters.{dc}.server", entry.get("server")),
            user=_text(f"vcenters.{dc}.user", entry.get("user")),
            password=pulumi.Output.secret(_text(f"vcenterPasswords.{dc}", passwords.get(dc), secret=True)),
            allow_unverified_ssl=_truth(f"vcenters.{dc}.allowUnverifiedSsl", entry.get("allowUnverifiedSsl", False)),
        )
    return vcenters


def _groups(config: _Configuration) -> Mapping[Role, str]:
    entry = config.mapping("groups")
    _known("groups", entry, tuple(Role))
    try:
        return groups_by_role({Role(role): _text(f"groups.{role}", group) for role, group in entry.items()})
    except ValueError as error:
        raise SettingsError("groups", str(error), _set_path("groups.ROLE", "GROUP")) from None


def _existing(key: str, entry: Mapping[str, Any]) -> ExistingObjects:
    scalars = ("datacenterId", "clusterId", "rootPoolId", "fabricId", "interconnectId")
    _known(key, entry, (*scalars, "hostIds", "tagCategoryIds", "circuitNetworkIds"))
    ids = {name: _text(f"{key}.{name}", entry[name]) for name in scalars if name in entry}
    categories = _mapping(f"{key}.tagCategoryIds", entry.get("tagCategoryIds", {}))
    _known(f"{key}.tagCategoryIds", categories, tuple(Category))
    cluster = None
    if "clusterId" in ids or "rootPoolId" in ids:
        for name in ("clusterId", "rootPoolId"):
            _text(f"{key}.{name}", ids.get(name))
        cluster = ExistingCluster(id=ids["clusterId"], root_pool_id=ids["rootPoolId"])
    return ExistingObjects(
        datacenter_id=ids.get("datacenterId"),
        cluster=cluster,
        host_ids=_ids(f"{key}.hostIds", entry.get("hostIds", {})),
        fabric_id=ids.get("fabricId"),
        interconnect_id=ids.get("interconnectId"),
        tag_category_ids={Category(name): id_ for name, id_ in _ids(f"{key}.tagCategoryIds", categories).items()},
        circuit_network_ids=_ids(f"{key}.circuitNetworkIds", entry.get("circuitNetworkIds", {})),
    )


def _ids(key: str, value: object) -> Mapping[str, str]:
    return {name: _text(f"{key}.{name}", id_) for name, id_ in _mapping(key, value).items()}


def _mapping(key: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise SettingsError(key, f"expected an object, found {value!r}", _set_path(f"{key}.KEY", "VALUE"))
    return cast("dict[str, Any]", value)


def _known(key: str, entry: Mapping[str, Any], names: tuple[str, ...]) -> None:
    for name in entry:
        if name not in names:
            raise SettingsError(
                f"{key}.{name}",
                f"is no such setting; expected {', '.join(names)}",
                f"pulumi config rm --path '{NAMESPACE}:{key}.{name}'",
            )


def _text(key: str, value: object, *, secret: bool = False) -> str:
    if value is None:
        raise SettingsError(key, "is not set", _set_path(key, "VALUE", secret=secret))
    if not isinstance(value, str) or not value:
        raise SettingsError(key, "expected a text that is not empty", _set_path(key, "VALUE", secret=secret))
    return value


def _truth(key: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise SettingsError(key, f"found {value!r}, expected true or false", _set_path(key, "false"))


def _set(key: str, value: str) -> str:
    return f"pulumi config set {NAMESPACE}:{key} {value}"


def _set_path(key: str, value: str = "", *, secret: bool = False) -> str:
    """A secret's value is left out: the engine then asks for it, and no shell history remembers it."""
    path = f"--path '{NAMESPACE}:{key}'"
    return f"pulumi config set --secret {path}" if secret else f"pulumi config set {path} {value}"
