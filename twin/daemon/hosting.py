"""Provider instances served by the daemon: each has a server, a logic and a configuration of its own."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

from providers.engine_log import EngineLog
from providers.logic import Properties, ProviderError
from providers.observer import Observer
from providers.server import ProviderServer
from twin.daemon.registry import Worlds
from twin.daemon.world import RunningWorld
from twin.errors import DaemonError
from twin.packages import Package

_ABANDONED_SECONDS = 600.0
"""How long an operation may go on after its engine is gone: to its end, rather than leaving things half made."""
_SHUTDOWN_SECONDS = 5.0


class Hosting:
    """Every provider instance that is being served. Safe to use from any thread."""

    def __init__(self, worlds: Worlds, packages: Mapping[str, Package]) -> None:
        self._worlds = worlds
        self._packages = packages
        self._lock = threading.Lock()
        self._servers: dict[ProviderServer, str] = {}
        """To the address of its engine."""
        self._ending: set[ProviderServer] = set()
        self._warned: set[tuple[str, str]] = set()

    def __len__(self) -> int:
        return len(self._servers)

    @property
    def ending(self) -> int:
        """How many instances still end what an engine that is gone had begun."""
        return len(self._ending)

    def open(self, package: str, engine: str) -> ProviderServer:
        """Serve a fresh instance to the engine at an address. Raises `DaemonError` for a package not stood in for."""
        if package not in self._packages:
            known = ", ".join(sorted(self._packages))
            raise DaemonError(f"the twin does not stand in for package {package}", f"it has: {known}")
        found = self._packages[package]
        observer = _WorldObserver(self, self._worlds, found, engine)
        server = ProviderServer(found.make(self._worlds), observer)
        with self._lock:
            self._servers[server] = engine
        return server

    def close(self, server: ProviderServer) -> None:
        """Let the operations under way end, then free the instance."""
        with self._lock:
            self._ending.add(server)
        server.stop(_ABANDONED_SECONDS)
        with self._lock:
            self._ending.discard(server)
            engine = self._servers.pop(server, None)
            if engine not in self._servers.values():
                # Another engine may get the same port one day, and has to be warned as well.
                self._warned = {each for each in self._warned if each[0] != engine}

    def close_all(self) -> None:
        """Cancel everything and free every instance within a few seconds."""
        with self._lock:
            servers = tuple(self._servers)
            self._servers.clear()
        if not servers:
            return
        for server in servers:
            server.cancel()
        with ThreadPoolExecutor(min(len(servers), 32)) as pool:
            list(pool.map(ProviderServer.stop, servers, repeat(_SHUTDOWN_SECONDS)))

    def first_warning(self, engine: str, world: RunningWorld) -> bool:
        """Whether this engine has not been warned of this world yet: one stack has a provider for each vCenter."""
        with self._lock:
            seen = (engine, world.world_id) in self._warned
            self._warned.add((engine, world.world_id))
        return not seen


class _WorldObserver(Observer):
    """Ties a provider instance to the world it works on."""

    def __init__(self, hosting: Hosting, worlds: Worlds, package: Package, engine: str) -> None:
        self._hosting = hosting
        self._worlds = worlds
        self._package = package
        self._engine = engine
        self._server = ""

    def configuring(self, config: Properties) -> None:
        """Refuse what is not the twin's; warn when the deployed state describes another world than this one."""
        self._server = self._package.server(config)
        world = self._worlds.at(self._server)
        if world is None:
            raise ProviderError(
                f"no world of the twin has a server at {self._server or 'an empty address'}, and this stand-in "
                "provider talks to nothing else; `./metro twin up` starts the worlds of this checkout"
            )
        territory = world.file.territory
        if not world.alive(self._server):
            raise ProviderError(
                f"the simulated server at {self._server} has ended, and with it the twin's world of {territory}; "
                + _ways_out(territory)
            )
        if world.lost and self._hosting.first_warning(self._engine, world):
            EngineLog(self._engine).warning(
                f"the twin's world of {territory} was lost: this stack's state describes resources of another one; "
                + _ways_out(territory)
            )

    def creating(self, urn: str, type_: str) -> None:  # noqa: ARG002 - the world is the same for every type
        """Remember which world the deployed state belongs to."""
        world = self._worlds.at(self._server)
        if world is not None:
            world.record_first()


def _ways_out(territory: str) -> str:
    return (
        f"`./metro up --territory {territory}` refreshes the state and recreates what is missing, "
        f"`./metro twin reset --territory {territory}` forgets world and state"
    )
