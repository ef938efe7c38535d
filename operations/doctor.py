"""Which tiers this machine can run, and what would be needed for the others. Looks only: builds and fetches nothing."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import psutil

from operations.engine.cache import cache_directory
from operations.engine.find import find_engine
from operations.engine.golang import INSTALL_GO, find_go, find_uv, required_go
from operations.engine.toolchain import find_vcsim
from operations.engine.version import ENGINE_VERSION, official_release
from operations.hosts.ground import TOOLS, obstacle
from operations.hosts.image import find_image
from operations.hosts.image_debian import missing_packages
from operations.paths import CHECKOUT
from operations.tiers import Tier
from twin.packages import PACKAGES

MEMORY_TO_RUN_GIB = 1.0
MEMORY_TO_BUILD_GIB = 2.0
MEMORY_FOR_HOSTS_GIB = 6.0
"""Enough for the hosts of the largest territory that ships."""
SPACE_TO_RUN_GIB = 0.5
SPACE_TO_BUILD_GIB = 4.0
PROVIDER_VERSION = PACKAGES["vsphere"].version


class Verdict(StrEnum):
    """How one thing stands."""

    READY = "ready"
    """There."""
    WILL_BE_MADE = "will be made"
    """Not there yet; the first command that needs it makes it."""
    MISSING = "missing"
    """Not there, and somebody has to do something."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    verdict: Verdict
    found: str
    tiers: tuple[Tier, ...]
    """The tiers that cannot run without it."""
    remedy: str | None = None


@dataclass(frozen=True)
class TierAnswer:
    """Whether a tier runs here: `ready`, `will be made` (by the first command that needs it), or `missing`."""

    tier: Tier
    verdict: Verdict
    missing: tuple[str, ...]


def examine() -> tuple[Finding, ...]:
    """Look at everything that any tier needs."""
    engine = _engine()
    vcsim = _vcsim()
    builds = Verdict.WILL_BE_MADE in (engine.verdict, vcsim.verdict)
    return (
        _python(),
        _uv(),
        engine,
        _go(needed=builds),
        vcsim,
        _loopback(),
        _memory(MEMORY_TO_BUILD_GIB if builds else MEMORY_TO_RUN_GIB),
        _space("the cache", cache_directory(), SPACE_TO_BUILD_GIB if builds else SPACE_TO_RUN_GIB),
        _space("the checkout", Path(os.environ.get("METROPOLE_STATE") or CHECKOUT), SPACE_TO_RUN_GIB),
        *_host_tier(),
        _provider(),
    )


def answers(findings: tuple[Finding, ...]) -> tuple[TierAnswer, ...]:
    """The verdict on each tier: that of the worst thing it needs."""
    return tuple(_answer(tier, [finding for finding in findings if tier in finding.tiers]) for tier in Tier)


def _answer(tier: Tier, needed: list[Finding]) -> TierAnswer:
    missing = tuple(finding.what for finding in needed if finding.verdict is Verdict.MISSING)
    if missing:
        return TierAnswer(tier, Verdict.MISSING, missing)
    pending = any(finding.verdict is Verdict.WILL_BE_MADE for finding in needed)
    return TierAnswer(tier, Verdict.WILL_BE_MADE if pending else Verdict.READY, ())


def _python() -> Finding:
    # The launcher refuses an older one, so that this runs at all is the check.
    return Finding("Python", Verdict.READY, f"{platform.python_version()} at {sys.executable}", tuple(Tier))


def _uv() -> Finding:
    uv = find_uv()
    if uv is None:
        return Finding("uv", Verdict.WILL_BE_MADE, "not here; needed when the lock changes", ())
    return Finding("uv", Verdict.READY, uv, ())


def _engine() -> Finding:
    tiers = (Tier.API, Tier.HOST, Tier.REAL)
    name = f"Pulumi engine {ENGINE_VERSION}"
    engine, said = find_engine()
    if engine is not None:
        return Finding(name, Verdict.READY, f"{engine.version}, {engine.origin}: {engine.pulumi}", tiers)
    if _can_build() or official_release():
        how = "downloaded, or built from Go modules in a few minutes, by the first command that needs it"
        return Finding(name, Verdict.WILL_BE_MADE, f"{said}; it is {how}", tiers)
    return Finding(name, Verdict.MISSING, said, tiers, "install Pulumi: https://www.pulumi.com/docs/install/")


def _vcsim() -> Finding:
    tiers = (Tier.API, Tier.HOST)
    vcsim = find_vcsim()
    if vcsim is not None:
        return Finding("vSphere simulator", Verdict.READY, str(vcsim), tiers)
    if _can_build():
        found = "not built from these sources yet; the first command that needs it does"
        return Finding("vSphere simulator", Verdict.WILL_BE_MADE, found, tiers)
    return Finding("vSphere simulator", Verdict.MISSING, "not built, and there is no Go to build it", tiers, INSTALL_GO)


def _can_build() -> bool:
    return find_go() is not None or find_uv() is not None


def _go(*, needed: bool) -> Finding:
    tiers = (Tier.API, Tier.HOST) if needed else ()
    go = find_go()
    if go is not None:
        return Finding("Go", Verdict.READY, f"{go.version} at {go.executable}", tiers)
    if find_uv() is not None:
        found = f"none of {required_go()} or newer; a packaged one is installed when something has to be built"
        return Finding("Go", Verdict.WILL_BE_MADE, found, tiers)
    return Finding("Go", Verdict.MISSING, f"none of {required_go()} or newer", tiers, INSTALL_GO)


def _loopback() -> Finding:
    tiers = (Tier.API, Tier.HOST)
    try:
        with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname(), 2):
            return Finding("loopback", Verdict.READY, "127.0.0.1 can be listened on", tiers)
    except OSError as error:
        remedy = "bring the loopback interface up: ip link set lo up"
        return Finding("loopback", Verdict.MISSING, f"127.0.0.1 cannot be used: {error}", tiers, remedy)


def _memory(needed_gib: float, tiers: tuple[Tier, ...] = (Tier.API, Tier.HOST)) -> Finding:
    available = psutil.virtual_memory().available / 2**30
    found = f"{available:.1f} GiB available, {needed_gib:g} needed"
    if available >= needed_gib:
        return Finding("memory", Verdict.READY, found, tiers)
    return Finding("memory", Verdict.MISSING, found, tiers, "close something, or add swap")


def _space(whose: str, directory: Path, needed_gib: float) -> Finding:
    existing = next(each for each in (directory, *directory.parents) if each.exists())
    free = shutil.disk_usage(existing).free / 2**30
    name = f"disk space for {whose}"
    found = f"{free:.1f} GiB free for {directory}, {needed_gib:g} needed"
    if not os.access(existing, os.W_OK):
        remedy = "make it writable, or point METROPOLE_CACHE or METROPOLE_STATE elsewhere"
        return Finding(name, Verdict.MISSING, f"{directory} cannot be written to", (Tier.API, Tier.HOST), remedy)
    if free < needed_gib:
        return Finding(name, Verdict.MISSING, found, (Tier.API, Tier.HOST), "free some space")
    return Finding(name, Verdict.READY, found, (Tier.API, Tier.HOST))


def _host_tier() -> tuple[Finding, ...]:
    tiers = (Tier.HOST,)
    found = obstacle()
    if found is not None:
        return (Finding("ground for hosts", Verdict.MISSING, found.what, tiers, found.remedy),)
    missing = missing_packages(TOOLS)
    image = find_image()
    return (
        Finding("ground for hosts", Verdict.WILL_BE_MADE, f"to be installed: {', '.join(missing)}", tiers)
        if missing
        else Finding("ground for hosts", Verdict.READY, "root, and every tool", tiers),
        Finding("golden image", Verdict.READY, str(image.tree), tiers)
        if image
        else Finding("golden image", Verdict.WILL_BE_MADE, "built in a few minutes by the first command", tiers),
        _memory(MEMORY_FOR_HOSTS_GIB, tiers),
    )


def _provider() -> Finding:
    home = Path(os.environ.get("PULUMI_HOME") or "~/.pulumi").expanduser()
    name = "official vSphere provider"
    plugin = home / "plugins" / f"resource-vsphere-v{PROVIDER_VERSION}"
    if plugin.is_dir():
        return Finding(name, Verdict.READY, str(plugin), (Tier.REAL,))
    remedy = f"pulumi plugin install resource vsphere v{PROVIDER_VERSION}"
    return Finding(name, Verdict.MISSING, f"not in {home / 'plugins'}", (Tier.REAL,), remedy)
