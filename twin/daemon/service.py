"""The daemon's life: becoming the only one, publishing the door, working, and leaving nothing behind."""

from __future__ import annotations

import json
import logging
import os
import secrets
import signal
import sys
import threading
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from twin.daemon.control import Control
from twin.daemon.hosting import Hosting
from twin.daemon.logs import log_to
from twin.daemon.registry import Worlds
from twin.packages import PACKAGES, Package
from twin.rendezvous import Rendezvous, owns_lock, remove_rendezvous, take_lock, write_rendezvous

_log = logging.getLogger(__name__)

_NOTICE_SECONDS = 0.05
"""How long it takes the door to notice that it is to close: every end of a world waits for it."""
_STATE_SECONDS = 1.0
"""How often to look whether the state directory still exists: nobody can find a daemon without one, nor end it."""
_FOREIGN = ("AWS_", "VSPHERE_", "GOVC_", "PULUMI_")
_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "ftp_proxy", "grpc_proxy"})


class Service:
    """The daemon of one state directory."""

    def __init__(self, state: Path, vcsim: Path, packages: Mapping[str, Package] = PACKAGES) -> None:
        """Listen, without being known to anybody yet."""
        self._state = state
        self._ended = threading.Event()
        self._worlds = Worlds()
        self._hosting = Hosting(self._worlds, packages)
        self._token = secrets.token_urlsafe(32)
        self._control = Control(self._token, vcsim, self._worlds, self._hosting, os.getpid(), self._ended.set)

    def open(self) -> None:
        """Publish where to find the daemon, and answer."""
        answer = partial(self._control.serve_forever, _NOTICE_SECONDS)
        threading.Thread(target=answer, name="control", daemon=True).start()
        write_rendezvous(self._state, Rendezvous(os.getpid(), self._control.port, self._token))

    def wait(self, seconds: float) -> bool:
        """Block until somebody asks for the end, or until so many seconds have passed; whether somebody did."""
        return self._ended.wait(seconds)

    def end(self, *_signal: object) -> None:
        """Ask for the end; can be a signal's handler."""
        self._ended.set()

    def close(self, *, withdraw: bool = True) -> None:
        """Withdraw, unless the state directory is another daemon's by now, end the providers, then the worlds."""
        if withdraw:
            remove_rendezvous(self._state)
        self._control.shutdown()
        self._control.server_close()
        self._hosting.close_all()
        self._control.hang_up()
        self._worlds.stop_all()


def run(state: Path, vcsim: Path) -> int:
    """Be the daemon of `state` until a signal or a client ends it.

    Tells its parent in one JSON line on standard output whether it is ready, then keeps silent. Returns the process's
    exit code; 0 as well when another daemon serves the state directory already.
    """
    os.umask(0o077)
    _forget_the_outside()
    state.mkdir(parents=True, exist_ok=True)
    lock = take_lock(state)
    if lock is None:
        _tell({"ready": False, "busy": True})
        return 0
    remove_rendezvous(state)
    service = Service(state, vcsim)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, service.end)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    service.open()
    _tell({"ready": True})
    log_to(state)
    _log.info("daemon %d serves %s", os.getpid(), state)
    while not service.wait(_STATE_SECONDS):
        if not owns_lock(state, lock):
            _log.warning("%s is gone, and what ran for it ends", state)
            break
    service.close(withdraw=owns_lock(state, lock))
    _log.info("daemon %d has ended", os.getpid())
    logging.shutdown()
    # An operation that does not end must not keep the process: everything it could hold has been given back.
    os._exit(0)


def _forget_the_outside() -> None:
    """Nothing in the daemon, nor in what it starts, may find credentials or a proxy of the real world."""
    for name in tuple(os.environ):
        if name.startswith(_FOREIGN) or name.lower() in _PROXIES:
            del os.environ[name]


def _tell(message: dict[str, bool]) -> None:
    sys.stdout.write(f"{json.dumps(message)}\n")
    sys.stdout.flush()
