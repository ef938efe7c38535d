"""The guard's socket: one gatekeeper for every program that knows where it listens."""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
import threading
from pathlib import Path
from types import TracebackType

from operations.errors import MachineError
from operations.guard.conversation import Conversation
from operations.guard.gatekeeper import Gatekeeper


def socket_directory() -> Path:
    """Where guards listen: readable by this user alone. `MachineError` where others could have put a guard there."""
    directory = Path(tempfile.gettempdir()) / f"metropole-guard-{os.getuid()}"
    directory.mkdir(mode=0o700, exist_ok=True)
    status = directory.lstat()
    if status.st_uid != os.getuid() or status.st_mode & 0o077 or directory.is_symlink():
        raise MachineError(f"{directory} is not this user's alone", f"remove {directory}")
    return directory


class GuardSocket:
    """Listens from `__enter__` to `__exit__`; every connection is a conversation of its own."""

    def __init__(self, keeper: Gatekeeper, name: str) -> None:
        self._keeper = keeper
        self._server = socket.socket(socket.AF_UNIX)
        self.path = socket_directory() / f"{name}.sock"

    def __enter__(self) -> GuardSocket:
        self.path.unlink(missing_ok=True)
        self._server.bind(str(self.path))
        self._server.listen()
        threading.Thread(target=self._accept, name="guard", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:  # closed: nobody is let in any more
                return
            threading.Thread(target=self._serve, args=(connection,), name="guarded", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        # Suppressed is that the program has gone.
        with (
            contextlib.suppress(OSError),
            connection,
            connection.makefile("rb") as reading,
            connection.makefile("wb") as writing,
        ):
            Conversation(self._keeper).serve(reading, writing)
