"""What a stack's configuration says of the cloud: which account each region is, and what exists there already.

metropole:cloud: {cloud-paris: {accountId: "123456789012"}}
metropole:cloudKeys: {cloud-paris: {accessKeyId: …, secretAccessKey: …}}    # optional secrets
metropole:existingCloud: {cloud-paris: {vpcId: vpc-0a1b…, keyArns: {logs: "arn:…"}}}
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from components.cloud.existing import ExistingCloud
from components.cloud.key_policies import Purpose
from stacks.configuration import (
    Configuration,
    SettingsError,
    mapping,
    refuse_unknown,
    set_path_command,
    text,
    texts_by_name,
)
from territory.model import Territory

KEY = "cloud"
KEYS_KEY = "cloudKeys"
EXISTING_KEY = "existingCloud"

_SINGLE = ("vpcId", "vpnGatewayId", "backupBucket")


@dataclass(frozen=True)
class AccessKey:
    """A key of the account, where the ordinary chain of credentials is not to be asked."""

    id: pulumi.Output[str]
    """A secret, like the other half."""
    secret: pulumi.Output[str]


@dataclass(frozen=True)
class Cloud:
    """One account in one region."""

    account_id: str
    """The only account the stack may ever change. Example: `123456789012`."""
    endpoint: str | None
    """Where every service of the provider answers; None for the provider's own addresses."""
    key: AccessKey | None
    """None for the ordinary chain of credentials: environment, profile, role of the machine."""


def read_clouds(config: Configuration) -> Mapping[str, Cloud]:
    """Cloud region to its account. Raises `SettingsError`."""
    keys = config.mapping(KEYS_KEY)
    clouds: dict[str, Cloud] = {}
    for region, value in config.mapping(KEY).items():
        path = f"{KEY}.{region}"
        entry = mapping(path, value)
        refuse_unknown(path, entry, ("accountId", "endpoint"))
        clouds[region] = Cloud(
            account_id=_account_id(f"{path}.accountId", entry.get("accountId")),
            endpoint=text(f"{path}.endpoint", entry["endpoint"]) if "endpoint" in entry else None,
            key=_access_key(f"{KEYS_KEY}.{region}", keys[region]) if region in keys else None,
        )
    return clouds


def read_existing_clouds(config: Configuration) -> Mapping[str, ExistingCloud]:
    """Cloud region to what it already has. Raises `SettingsError`."""
    return {
        region: _existing(f"{EXISTING_KEY}.{region}", mapping(f"{EXISTING_KEY}.{region}", value))
        for region, value in config.mapping(EXISTING_KEY).items()
    }


def check_existing_clouds(territory: Territory, existing: Mapping[str, ExistingCloud]) -> None:
    """Raise `SettingsError` unless every region that is named is the territory's."""
    refuse_unknown(EXISTING_KEY, existing, [region.id for region in territory.cloud_regions], noun="cloud region")


def _account_id(key: str, value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"\d{12}", value):
        return value
    problem = "is not set" if value is None else f"found {value!r}, expected a text of twelve digits"
    raise SettingsError(key, problem, account_command(key))


def account_command(key: str) -> str:
    """The command, but for its stack, that sets an account id; without its type it would be stored as a number."""
    return f"{set_path_command(key, 'ACCOUNT-ID')} --type string"


def _access_key(key: str, value: object) -> AccessKey:
    entry = mapping(key, value)
    refuse_unknown(key, entry, ("accessKeyId", "secretAccessKey"))

    def half(name: str) -> pulumi.Output[str]:
        return pulumi.Output.secret(text(f"{key}.{name}", entry.get(name), secret=True))

    return AccessKey(id=half("accessKeyId"), secret=half("secretAccessKey"))


def _existing(key: str, entry: Mapping[str, Any]) -> ExistingCloud:
    refuse_unknown(key, entry, (*_SINGLE, "keyArns"))
    ids = {name: text(f"{key}.{name}", entry[name]) for name in _SINGLE if name in entry}
    if "vpnGatewayId" in ids and "vpcId" not in ids:
        # It is attached to a network already, and can be attached to no other.
        raise SettingsError(f"{key}.vpcId", "is not set, but vpnGatewayId is", set_path_command(f"{key}.vpcId", "ID"))
    arns = texts_by_name(f"{key}.keyArns", entry.get("keyArns", {}), Purpose)
    return ExistingCloud(
        vpc_id=ids.get("vpcId"),
        vpn_gateway_id=ids.get("vpnGatewayId"),
        key_arns={Purpose(purpose): arn for purpose, arn in arns.items()},
        backup_bucket=ids.get("backupBucket"),
    )
