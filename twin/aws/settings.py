"""The provider's own configuration: which settings exist, which are honoured, what they mean."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import urlsplit

from providers.logic import CheckFailure
from twin.aws.boto import Place
from twin.framework.values import Plain, has_unknown

REQUIRED: Final = ("region", "accessKey", "secretKey", "endpoints")
WITHOUT_MEANING: Final = (
    "skipCredentialsValidation", "skipMetadataApiCheck", "skipRegionValidation", "skipRequestingAccountId",
    "s3UsePathStyle", "maxRetries", "retryMode", "stsRegion", "useDualstackEndpoint", "useFipsEndpoint",
    "s3UsEast1RegionalEndpoint", "tokenBucketRateLimiterCapacity", "insecure",
)  # fmt: skip
"""Accepted: they say how the way to the real API is gone, and the twin goes none of it."""
SETTINGS: Final = (*REQUIRED, "allowedAccountIds", "defaultTags", *WITHOUT_MEANING)
OFFICIAL: Final = (
    *SETTINGS, "assumeRoles", "assumeRole", "assumeRoleWithWebIdentity", "customCaBundle", "ec2MetadataServiceEndpoint",
    "ec2MetadataServiceEndpointMode", "forbiddenAccountIds", "httpProxy", "httpsProxy", "ignoreTags", "noProxy",
    "profile", "sharedConfigFiles", "sharedCredentialsFiles", "token", "userAgents", "tagPolicyCompliance",
)  # fmt: skip
OF_THE_ENGINE: Final = frozenset({"version", "pluginDownloadURL", "parameterization"})

_BOTO_NAMES: Final = {"lambda_": "lambda", "cloudwatchlogs": "logs", "cloudwatchlog": "logs", "s3api": "s3"}
"""Names of `endpoints` that boto3 spells differently; all others are the same."""


@dataclass(frozen=True)
class Settings:
    """A configuration that is whole and known."""

    region: str
    places: Mapping[str, Place]
    """Service, by its boto3 name, to where it answers."""
    allowed_accounts: tuple[str, ...]
    default_tags: Mapping[str, str]

    @property
    def servers(self) -> frozenset[str]:
        """`host:port` of every endpoint."""
        return frozenset(urlsplit(place.endpoint).netloc for place in self.places.values())


def setting_failures(given: Mapping[str, Plain]) -> Iterator[CheckFailure]:
    """Every reason to refuse a configuration."""
    for name in given:
        if name in SETTINGS or name.startswith("__") or name in OF_THE_ENGINE:
            continue
        reason = "is official, but the twin does not exercise it" if name in OFFICIAL else "does not exist"
        yield CheckFailure(name, f"provider setting `{name}` {reason}")
    for name in REQUIRED:
        if name not in given:
            yield CheckFailure(name, f"provider setting `{name}` is required: the twin reads no AWS_* variable")


def read_settings(given: Mapping[str, Plain]) -> Settings | None:
    """The configuration; None while part of it is not known yet."""
    if any(has_unknown(given.get(name)) for name in SETTINGS):
        return None
    region = str(given.get("region", ""))
    key, secret = str(given.get("accessKey", "")), str(given.get("secretKey", ""))
    places: dict[str, Place] = {}
    for entry in cast("list[dict[str, str]]", structured(given.get("endpoints"), [])):
        for name, address in entry.items():
            places[_BOTO_NAMES.get(name, name)] = Place(str(address), region, key, secret)
    accounts = tuple(str(item) for item in structured(given.get("allowedAccountIds"), []))
    tags = structured(given.get("defaultTags"), {}).get("tags") or {}
    return Settings(region, places, accounts, {str(name): str(value) for name, value in tags.items()})


def first_server(given: Mapping[str, Plain]) -> str:
    """`host:port` of the first endpoint; empty if there is none, or none that is known."""
    for entry in structured(given.get("endpoints"), []):
        for address in entry.values():
            return urlsplit(str(address)).netloc
    return ""


def structured(value: Plain, default: Any) -> Any:
    """A list or an object; the engine sends these as JSON in a string. The default for anything else."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return default
    return value if isinstance(value, type(default)) else default
