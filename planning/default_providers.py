"""The provider a resource gets when it names none: made by the engine, or denied by stack configuration."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import cast

from planning.plan import PlannedResource
from planning.wire import Wire

DISABLED_KEY = "pulumi:disable-default-providers"


def is_denied(package: str, config: Mapping[str, str]) -> bool:
    """Whether stack configuration forbids a default provider of this package; the engine's own never is."""
    if package == "pulumi" or not config.get(DISABLED_KEY):
        return False
    barred = cast("list[str]", json.loads(config[DISABLED_KEY]))
    return any(entry.strip() in {"*", package} for entry in barred)


def denial(package: str, subject: str) -> str:
    """The engine's words for a default provider that is disabled."""
    return f"Default provider for '{package}' disabled. '{subject}' must use an explicit provider."


def default_name(version: str, download_url: str) -> str:
    """The engine's name for a default provider: `default_4_17_1`."""
    name = "default"
    if version:
        name += "_" + "_".join(re.split(r"[.+-]", version))
    if download_url:
        segments = [segment for segment in download_url.rstrip("/").split("/") if segment]
        name += "_" + "/".join(_name_segment(segment) for segment in segments)
    return name


def is_default_provider(resource: PlannedResource) -> bool:
    """Whether the engine made this provider of its own accord."""
    return resource.is_provider and resource.parent is None


def provider_inputs(
    inputs: Mapping[str, Wire],
    version: str,
    download_url: str,
    env_var_mappings: Mapping[str, str],
) -> dict[str, Wire]:
    """The inputs of a provider with what the engine adds: which plugin, and how it is started."""
    if not (version or download_url or env_var_mappings):
        return dict(inputs)
    internal: dict[str, Wire] = {}
    if download_url:
        internal["pluginDownloadURL"] = download_url
    if env_var_mappings:
        internal["envVarMappings"] = dict(env_var_mappings)
    return {**inputs, "__internal": internal} | ({"version": version} if version else {})


def package_config(package: str, config: Mapping[str, str]) -> dict[str, str]:
    """A package's own section of the stack configuration; the engine's own package takes none."""
    if package == "pulumi":
        return {}
    prefix = f"{package}:"
    return {key.removeprefix(prefix): value for key, value in config.items() if key.startswith(prefix)}


def _name_segment(text: str) -> str:
    first = text[0] if re.match(r"[A-Za-z0-9_.-]", text[0]) else "_"
    return first + re.sub(r"[^A-Za-z0-9_.-]", "_", text[1:])
