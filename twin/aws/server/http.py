"""HTTP in front of moto: connections stay open, requests take turns, strangers stay outside."""

from __future__ import annotations

import functools
import io
import logging
import socket
import threading
from collections.abc import Iterable
from http import HTTPStatus
from socketserver import ThreadingTCPServer
from typing import Any, Final, cast

from flask import Flask
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app

from twin.aws.server.admission import Admission
from twin.aws.server.cloud import Cloud
from twin.aws.server.extension import extend
from twin.aws.server.furnishing import furnish

_log = logging.getLogger(__name__)

_CLOSED: Final = ("/moto-api", "/latest/")
"""moto's own doors, which no AWS account has: they would reset it, or hand out credentials."""


class CloudServer(ThreadingTCPServer):
    """One request at a time reaches the simulated cloud."""

    daemon_threads = True

    def __init__(self, cloud: Cloud, listener: socket.socket) -> None:
        """Take over a socket that listens already."""
        super().__init__(listener.getsockname(), _Connection, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.application = DomainDispatcherApplication(functools.partial(_backend_app, cloud))
        self.admission = Admission(cloud)
        self.turn = threading.Lock()

    # What werkzeug's handler asks of its server.
    multithread = True
    multiprocess = False
    passthrough_errors = True
    ssl_context = None


def _backend_app(cloud: Cloud, service: Any) -> Flask:
    """The application of one service, extended and furnished before its first request."""
    extend(service)
    furnish(cloud, service)
    return create_backend_app(service)


class _Connection(MotoRequestHandler):
    """Reads a request whole, so that the next one on the same connection starts where it should."""

    protocol_version = "HTTP/1.1"
    timeout = 600

    def setup(self) -> None:
        """Small answers leave at once."""
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)

    def run_wsgi(self) -> None:
        """Answer one request."""
        server = cast("CloudServer", self.server)
        body = self._body()
        if self.path.startswith(_CLOSED):
            self._send(HTTPStatus.NOT_FOUND, [("Content-Type", "text/plain")], b"no such path in AWS\n")
            return
        refusal = server.admission.refusal(self.command, self.path, list(self.headers.items()), body)
        if refusal is not None:
            self._send(refusal.status, [("Content-Type", refusal.content_type), *refusal.headers], refusal.body)
            return
        environ = self.make_environ()
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        with server.turn:
            try:
                status, headers, content = _call(server.application, environ)
            except Exception:
                _log.exception("%s %s failed", self.command, self.path.split("?")[0])
                status, headers, content = HTTPStatus.INTERNAL_SERVER_ERROR, [], b""
        self._send(status, headers, content)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts: list[bytes] = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(parts)

    def _send(self, status: int, headers: Iterable[tuple[str, str]], content: bytes) -> None:
        """One write for head and body."""
        self.send_response(status)
        bodiless = status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
        for name, value in headers:
            if name.lower() not in ("content-length", "connection", "transfer-encoding") or (
                name.lower() == "content-length" and self.command == "HEAD"
            ):
                self.send_header(name, value)
        if not bodiless and self.command != "HEAD":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if content and self.command != "HEAD" and not bodiless:
            self.wfile.write(content)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Keep silent: what is asked may name secrets."""


def _call(application: Any, environ: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
    """Run a WSGI application to its end."""
    answered: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _error: object = None) -> Any:
        answered.append((status, headers))
        return io.BytesIO().write

    parts = application(environ, start_response)
    try:
        content = b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    status, headers = answered[-1]
    return int(status.split(" ", 1)[0]), headers, content
