"""A session with one vCenter: SOAP through pyVmomi, tags through REST, shared by every thread of a provider."""

from __future__ import annotations

import ssl
import threading
from collections import defaultdict
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import vim, vmodl

from providers.logic import ProviderError
from twin.framework.deadline import Deadline
from twin.vsphere.rest import RestSession

FIRST_POLL_SECONDS: Final = 0.005
LONGEST_POLL_SECONDS: Final = 0.5


class Session:
    """What declarations call. Threads may share it: connections are pooled, writes to one object take turns."""

    def __init__(self, service: Any, rest: RestSession, server: str) -> None:
        self._service = service
        self.rest = rest
        self.server = server
        self.content: Any = service.RetrieveContent()
        self._locks: defaultdict[str, threading.RLock] = defaultdict(threading.RLock)
        self._locks_guard = threading.Lock()

    def ref(self, kind: type, moid: str) -> Any:
        """A managed object by type and id; whether it exists is only known once it is read."""
        return kind(moid, self._service._stub)

    def get(self, obj: Any, *paths: str) -> dict[str, Any] | None:
        """Properties of a managed object by path, in one round trip, unset ones absent. None: no such object."""
        query = vmodl.query.PropertyCollector
        spec = query.FilterSpec(
            propSet=[query.PropertySpec(type=type(obj), pathSet=list(paths))], objectSet=[query.ObjectSpec(obj=obj)]
        )
        try:
            answer = self.content.propertyCollector.RetrievePropertiesEx([spec], query.RetrieveOptions())
        except vmodl.fault.ManagedObjectNotFound:
            return None
        found: list[Any] = list(answer.objects) if answer else []
        return {item.name: item.val for item in found[0].propSet} if found else None

    def many(self, objects: list[Any], *paths: str) -> list[tuple[Any, dict[str, Any]]]:
        """`get` for objects of one type, in one round trip; those that are gone are left out."""
        try:
            return self._many(objects, paths) if objects else []
        except vmodl.fault.ManagedObjectNotFound:
            # One was deleted since it was listed, and the vCenter then answers for none of them.
            found = ((obj, self.get(obj, *paths)) for obj in objects)
            return [(obj, facts) for obj, facts in found if facts is not None]

    def _many(self, objects: list[Any], paths: tuple[str, ...]) -> list[tuple[Any, dict[str, Any]]]:
        query = vmodl.query.PropertyCollector
        spec = query.FilterSpec(
            propSet=[query.PropertySpec(type=type(objects[0]), pathSet=list(paths))],
            objectSet=[query.ObjectSpec(obj=obj) for obj in objects],
        )
        answer = self.content.propertyCollector.RetrievePropertiesEx([spec], query.RetrieveOptions())
        rows: list[tuple[Any, dict[str, Any]]] = []
        while answer is not None:
            rows += [(row.obj, {item.name: item.val for item in row.propSet}) for row in answer.objects]
            if not answer.token:
                break
            answer = self.content.propertyCollector.ContinueRetrievePropertiesEx(answer.token)
        return rows

    def wait(self, task: Any, deadline: Deadline, doing: str) -> Any:
        """The result of a task; raises the task's own fault, or `ProviderError` when cancelled or out of time."""
        pause = FIRST_POLL_SECONDS
        while True:
            state = self.get(task, "info.state", "info.error", "info.result") or {}
            if state.get("info.state") == vim.TaskInfo.State.success:
                return state.get("info.result")
            if state.get("info.state") == vim.TaskInfo.State.error:
                raise state["info.error"]
            deadline.pause(pause, doing)
            pause = min(pause * 2, LONGEST_POLL_SECONDS)

    @contextmanager
    def turn(self, key: str) -> Generator[None]:
        """Let one thread at a time write to what the key names."""
        with self._locks_guard:
            lock = self._locks[key]
        with lock:
            yield

    def close(self) -> None:
        """Log out; a vCenter that is gone is no error."""
        self.rest.close()
        try:
            Disconnect(self._service)
        except (vmodl.MethodFault, OSError):
            return


def connect(server: str, user: str, password: str, verify: bool = True) -> Session:
    """Open a session. `server` is `host` or `host:port`; `verify` checks its certificate. Raises `ProviderError`."""
    place = urlsplit(f"//{server}")
    host, port = place.hostname or server, place.port or 443
    # Given a context of its own: pyVmomi's switch for it changes what every other connection of the process checks.
    trust = ssl.create_default_context()
    if not verify:
        trust.check_hostname = False
        trust.verify_mode = ssl.CERT_NONE
    try:
        service = SmartConnect(
            host=host,
            port=port,
            user=user,
            pwd=password,
            sslContext=trust,
            httpConnectionTimeout=60,
            connectionPoolTimeout=-1,
        )
    except vim.fault.InvalidLogin as error:
        raise ProviderError(f"vCenter {server} refuses user {user!r}: wrong user name or password") from error
    except ssl.SSLCertVerificationError as error:
        raise ProviderError(
            f"the certificate of vCenter {server} is not trusted: {error.verify_message} (set allowUnverifiedSsl?)"
        ) from error
    except (OSError, vmodl.MethodFault) as error:
        raise ProviderError(f"cannot reach vCenter {server}: {describe(error)}") from error
    return Session(service, RestSession.open(f"https://{host}:{port}", user, password, trust), server)


def describe(error: BaseException) -> str:
    """A fault of the vCenter in one line: its message, and its type, which is what its documentation is indexed by."""
    if isinstance(error, vmodl.MethodFault):
        kind = type(error).__name__.rsplit(".", 1)[-1]
        causes = [str(item.message) for item in error.faultMessage or []]
        message = str(getattr(error, "msg", None) or "").strip() or "; ".join(causes)
        details: Mapping[str, Any] = {
            name: getattr(error, name, None)
            for name in ("name", "property", "invalidProperty", "argument", "privilegeId")
        }
        about = ", ".join(f"{name} {value!r}" for name, value in details.items() if value)
        return " ".join(part for part in (message, f"({kind}{': ' + about if about else ''})") if part)
    if isinstance(error, requests.RequestException):
        return f"{type(error).__name__} on the REST API"
    return str(error) or type(error).__name__
