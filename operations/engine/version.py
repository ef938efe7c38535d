"""The engine's pinned version, and what its official release must hash to."""

from __future__ import annotations

import platform
from dataclasses import dataclass

ENGINE_VERSION = "3.259.0"
"""One version for the engine, its language host, the Go modules in toolchain/ and the Python SDK in pyproject.toml."""

_RELEASE_URL = "https://github.com/pulumi/pulumi/releases/download/v{version}/pulumi-v{version}-{target}.tar.gz"

# SHA-256 as Pulumi itself publishes them: Formula/pulumi.rb of github.com/pulumi/homebrew-tap, commit 51fb494.
_SHA256 = {
    "linux-x64": "94ba357acac23d01474084c4b00098dc0f7bc70ce13f34c777459254a5f718e5",
    "linux-arm64": "edc8327463a72160bb36cf82cf5062da9c8a244290a706d9980988e7bf486853",
}

_TARGETS = {
    ("Linux", "x86_64"): "linux-x64",
    ("Linux", "aarch64"): "linux-arm64",
}


@dataclass(frozen=True)
class Release:
    """One archive of the official distribution."""

    version: str
    url: str
    sha256: str


def official_release(system: str | None = None, machine: str | None = None) -> Release | None:
    """The official archive for this machine (or the named one), or None where none is pinned."""
    target = _TARGETS.get((system or platform.system(), machine or platform.machine()))
    if target is None:
        return None
    return Release(ENGINE_VERSION, _RELEASE_URL.format(version=ENGINE_VERSION, target=target), _SHA256[target])


def version_key(text: str) -> tuple[int, int, int] | None:
    """`v3.259.0` or `3.259.0-dev.1` as numbers that compare, or None when it is no version."""
    numbers = text.strip().removeprefix("v").split("-")[0].split("+")[0].split(".")
    if len(numbers) != 3 or not all(number.isdecimal() for number in numbers):
        return None
    major, minor, patch = (int(number) for number in numbers)
    return major, minor, patch


def is_recent_enough(text: str) -> bool:
    """Whether an engine of this version serves: at least the pinned one, and of the same major version."""
    found, pinned = version_key(text), version_key(ENGINE_VERSION)
    return found is not None and pinned is not None and found >= pinned and found[0] == pinned[0]
