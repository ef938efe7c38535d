"""The daemon's door: JSON lines over TCP on loopback, one request a connection, each with the token."""

from __future__ import annotations

import hmac
import json
import logging
import socket
import socketserver
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from twin.code import code_digest
from twin.daemon.hosting import Hosting
from twin.daemon.registry import Worlds
from twin.errors import DaemonError, TwinError
from twin.status import TwinStatus, to_json

_log = logging.getLogger(__name__)

_REQUEST_BYTES = 64 * 1024
_REQUEST_SECONDS = 10.0

Request = dict[str, Any]
Answer = dict[str, Any]


class Control(socketserver.ThreadingTCPServer):
    """Answers `twin.client` and the plugin executables."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, token: str, vcsim: Path, worlds: Worlds, hosting: Hosting, pid: int, shut_down: Callable[[], None]
    ) -> None:
        """Listen on a free port of 127.0.0.1; `shut_down` is called when a client asks for the end."""
        super().__init__(("127.0.0.1", 0), _Connection)
        self._token = token
        self._vcsim = vcsim
        self._worlds = worlds
        self.hosting = hosting
        self._pid = pid
        self._code = code_digest()
        self._shut_down = shut_down
        self._held: set[socket.socket] = set()
        self._held_lock = threading.Lock()
        self._operations: dict[str, Callable[[Request], Answer]] = {
            "ping": lambda _: {},
            "status": self._status,
            "start_world": self._start_world,
            "stop_world": self._stop_world,
            "start_hosts": self._start_hosts,
            "acknowledge_loss": self._acknowledge_loss,
            "shutdown": lambda _: {},
        }

    @property
    def port(self) -> int:
        """The port it listens on."""
        return cast("tuple[str, int]", self.server_address)[1]

    def authentic(self, request: Request) -> bool:
        """Whether the request carries the token."""
        return hmac.compare_digest(str(request.get("token", "")).encode(), self._token.encode())

    def answer(self, request: Request) -> Answer:
        """Do what is asked."""
        operation = self._operations.get(str(request.get("op")))
        if operation is None:
            raise DaemonError(f"the daemon does not know the operation {request.get('op')!r}")
        return operation(request)

    def after(self, request: Request) -> None:
        """Do what can only be done once the answer is on its way."""
        if request["op"] == "shutdown":
            self._shut_down()

    def hold(self, connection: socket.socket) -> None:
        """Remember a plugin's connection, to end it with the daemon."""
        with self._held_lock:
            self._held.add(connection)

    def release(self, connection: socket.socket) -> None:
        """Forget a plugin's connection."""
        with self._held_lock:
            self._held.discard(connection)

    def hang_up(self) -> None:
        """End every plugin's connection, which ends the plugins."""
        with self._held_lock:
            held = tuple(self._held)
        for connection in held:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                _log.debug("a plugin was gone already")

    def _status(self, _request: Request) -> Answer:
        worlds = tuple(world.status() for world in self._worlds.all())
        hosting = self.hosting
        status = TwinStatus(self._pid, str(self._vcsim), len(hosting), hosting.ending, worlds, self._code)
        return {"status": to_json(status)}

    def _start_world(self, request: Request) -> Answer:
        vcsim = Path(request.get("vcsim") or self._vcsim)
        world = self._worlds.start(Path(request["directory"]), vcsim)
        return {"world": to_json(world.status())}

    def _stop_world(self, request: Request) -> Answer:
        self._worlds.stop(request["territory"])
        return {}

    def _start_hosts(self, request: Request) -> Answer:
        world = self._worlds.get(request["territory"])
        world.start_hosts(Path(request["image"]))
        return {"world": to_json(world.status())}

    def _acknowledge_loss(self, request: Request) -> Answer:
        world = self._worlds.get(request["territory"])
        world.record()
        return {"world": to_json(world.status())}


class _Connection(socketserver.StreamRequestHandler):
    """One request; a plugin's connection then stays open for as long as its provider is wanted."""

    timeout = _REQUEST_SECONDS

    def handle(self) -> None:
        """Read, do, answer."""
        control = cast("Control", self.server)
        request = self._request()
        if request is None or not control.authentic(request):
            return
        try:
            if request.get("op") == "provider":
                self._provide(control, request)
            else:
                self._say({"ok": True, **control.answer(request)})
                control.after(request)
        except TwinError as error:
            failure = {"kind": type(error).__name__, "message": error.message, "remedy": error.remedy}
            self._say({"ok": False, "error": failure})
        except Exception as error:  # a fault here must be told, not leave the client waiting
            _log.exception("a request failed")
            message = f"unexpected {type(error).__name__} in the daemon"
            self._say({"ok": False, "error": {"kind": "DaemonError", "message": message, "remedy": "see daemon.log"}})

    def _request(self) -> Request | None:
        """Read what is asked; None for what is no request, and for a caller that has gone."""
        try:
            request = json.loads(self.rfile.readline(_REQUEST_BYTES))
        except (OSError, ValueError):
            _log.debug("a connection ended before its request was read", exc_info=True)
            return None
        return cast("Request", request) if isinstance(request, dict) else None

    def _provide(self, control: Control, request: Request) -> None:
        server = control.hosting.open(str(request["package"]), str(request.get("engine", "")))
        control.hold(self.connection)
        try:
            self._say({"ok": True, "port": server.port})
            self.connection.settimeout(None)
            while self.rfile.read(1):
                pass
        except OSError:
            _log.debug("a plugin's connection broke", exc_info=True)
        finally:
            control.release(self.connection)
            control.hosting.close(server)

    def _say(self, answer: Answer) -> None:
        try:
            self.wfile.write(json.dumps(answer).encode() + b"\n")
        except OSError:
            _log.debug("nobody waits for the answer any more", exc_info=True)
