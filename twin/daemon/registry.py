"""The worlds that run, by territory and by address."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

from twin.daemon.world import RunningWorld
from twin.errors import TwinError
from twin.lookup import Endpoint
from twin.worlds import WorldFile, read_world, world_digest


class Worlds:
    """Starts, finds and ends worlds; safe to use from any thread. Implements `twin.lookup.WorldLookup`."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._worlds: dict[str, RunningWorld] = {}
        """Replaced whole, so that readers need no lock while a world takes its time to start."""

    def start(self, directory: Path, vcsim: Path) -> RunningWorld:
        """Return the world kept in `directory`, started if it is not running whole.

        One that lost a simulator is ended and started anew, empty, with another id: its status says `lost`.
        """
        file = self._as_read(directory) or read_world(directory)
        with self._changing:
            known = self._worlds.get(file.territory)
            if known is not None and known.file.directory != directory:
                raise TwinError(
                    f"the twin already runs {file.territory} from {known.file.directory}",
                    f"`./metro twin down --territory {file.territory}` ends it",
                )
            if known is not None and known.running:
                return known
            if known is not None:
                self._forget(file.territory).stop()
            world = RunningWorld(file, vcsim)
            self._worlds = {**self._worlds, file.territory: world}
            return world

    def _as_read(self, directory: Path) -> WorldFile | None:
        """What the world that runs from there was read from, if that is what its files still say."""
        known = next((world.file for world in self._worlds.values() if world.file.directory == directory), None)
        with suppress(OSError):  # reading them says what is wrong
            return known if known is not None and known.digest == world_digest(directory) else None
        return None

    def stop(self, territory: str) -> None:
        """End a world; one that is not running is no error."""
        with self._changing:
            if territory in self._worlds:
                self._forget(territory).stop()

    def stop_all(self) -> None:
        """End every world."""
        for territory in tuple(self._worlds):
            self.stop(territory)

    def get(self, territory: str) -> RunningWorld:
        """Return a started world. Raises `TwinError` when there is none."""
        world = self._worlds.get(territory)
        if world is None:
            raise TwinError(f"the twin has no world of {territory}", "`./metro twin up` starts it")
        return world

    def all(self) -> tuple[RunningWorld, ...]:
        """Return every started world, by territory."""
        return tuple(world for _, world in sorted(self._worlds.items()))

    def at(self, server: str) -> RunningWorld | None:
        """Return the world that has, or had, a server at `host:port`."""
        return next((world for world in self._worlds.values() if world.at(server) is not None), None)

    def endpoint(self, server: str) -> Endpoint | None:
        """Return the running server that listens on `host:port`."""
        world = self.at(server)
        program = None if world is None else world.at(server)
        if world is None or program is None or not world.alive(server):
            return None
        return Endpoint(world.file.territory, program.api, program.id, server, world.world_id)

    def _forget(self, territory: str) -> RunningWorld:
        world = self._worlds[territory]
        self._worlds = {name: each for name, each in self._worlds.items() if name != territory}
        return world
