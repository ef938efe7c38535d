"""The stand-in provider the daemon serves under the name `vsphere`."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any, Final

import requests
from pyVmomi import vmodl

from providers.logic import Change, CheckFailure, CheckResult, DiffResult, Properties, ProviderError
from twin.framework.declaration import Package
from twin.framework.provider import DeclaredProvider
from twin.framework.schema import SchemaFacts
from twin.framework.values import UNKNOWN, Plain, mark_secrets, plain_map
from twin.lookup import WorldLookup
from twin.vsphere.session import Session, connect, describe
from twin.vsphere.sources import ALL as SOURCES
from twin.vsphere.types import ALL as TYPES

SCHEMA: Final = SchemaFacts.load(Path(__file__).with_name("schema_facts.json"))
PACKAGE: Final = Package.of(TYPES, SOURCES)

SETTINGS: Final = ("vsphereServer", "user", "password", "allowUnverifiedSsl")
OFFICIAL_SETTINGS: Final = (
    *SETTINGS, "apiTimeout", "clientDebug", "clientDebugPath", "clientDebugPathRun", "persistSession",
    "restSessionPath", "vcenterServer", "vimKeepAlive", "vimSessionPath",
)  # fmt: skip
OF_THE_ENGINE: Final = frozenset({"version", "pluginDownloadURL", "parameterization"})


class VSphereProvider(DeclaredProvider[Session]):
    """One configured instance. It talks to a vCenter of the twin, and to nothing else.

    No environment variable is read: whatever VSPHERE_* says, only the provider's own configuration counts.
    """

    name = "vsphere"
    version = "4.17.1"

    def __init__(self, worlds: WorldLookup) -> None:
        super().__init__(PACKAGE, SCHEMA)
        self._worlds = worlds
        self._session: Session | None = None
        self._opening = threading.Lock()

    def check_config(self, news: Properties) -> CheckResult:
        """Refuse settings that are missing, unknown, or that the twin does not exercise."""
        given = {name: value for name, value in plain_map(news).items() if not _internal(name)}
        failures = [
            CheckFailure(name, f"provider setting `{name}` {_reason(name)}") for name in given if name not in SETTINGS
        ]
        failures += [
            CheckFailure(name, f"provider setting `{name}` is required: the twin reads no VSPHERE_* variable")
            for name in ("vsphereServer", "user", "password")
            if name not in given
        ]
        kept = {name: value for name, value in given.items() if name in SETTINGS}
        marked = mark_secrets(kept, news, frozenset({"password"}))
        return CheckResult(
            {**{name: value for name, value in news.items() if _internal(name)}, **marked}, tuple(failures)
        )

    def diff_config(self, olds: Properties, news: Properties) -> DiffResult:
        """No setting replaces resources; as officially, another server is the user's own responsibility."""
        before, after = plain_map(olds), plain_map(news)
        names = [name for name in SETTINGS if before.get(name) != after.get(name)]
        return DiffResult({name: _change(before.get(name), after.get(name)) for name in names})

    def configure(self, config: Properties) -> None:
        """Log in, unless a setting is only known once something else exists."""
        given = plain_map(config)
        if any(given.get(name) is UNKNOWN for name in SETTINGS):
            return
        server = str(given.get("vsphereServer", ""))
        if self._worlds.endpoint(server) is None:
            raise ProviderError(
                f"vCenter {server!r} is not one of the twin's: the stand-in vsphere provider connects to nothing else; "
                "use the tier `real` with the official provider for a real vCenter"
            )
        self.attach(
            connect(
                server, str(given["user"]), str(given["password"]), verify=not _true(given.get("allowUnverifiedSsl"))
            )
        )

    def attach(self, session: Session) -> None:
        """Serve an open session, which is closed with the provider."""
        with self._opening:
            if self._session is not None:
                self._session.close()
            self._session = session

    def world(self) -> Session:
        """The session. Raises `ProviderError` while the configuration is not known."""
        if self._session is None:
            raise ProviderError("the vsphere provider's configuration is not known yet")
        return self._session

    def explain(self, error: Exception) -> ProviderError | None:
        """A fault of the vCenter, or of the way to it, in one sentence."""
        if isinstance(error, (vmodl.MethodFault, requests.RequestException, OSError)):
            where = self._session.server if self._session is not None else ""
            return ProviderError(f"vCenter {where}: {describe(error)}")
        if isinstance(error, LookupError) and error.args and str(error.args[0]).startswith("/"):
            return ProviderError(f"{error.args[0]} does not exist any more")
        return None

    def close(self) -> None:
        """Log out."""
        with self._opening:
            if self._session is not None:
                self._session.close()
                self._session = None


def _internal(name: str) -> bool:
    return name.startswith("__") or name in OF_THE_ENGINE


def _reason(name: str) -> str:
    if name in OFFICIAL_SETTINGS:
        return "is official, but the twin does not exercise it"
    return "does not exist"


def _change(before: Plain, after: Plain) -> Change:
    if before is None:
        return Change.ADD
    return Change.DELETE if after is None else Change.UPDATE


def _true(value: Any) -> bool:
    """A boolean setting; the engine sends these as JSON in a string."""
    return bool(json.loads(value)) if isinstance(value, str) else bool(value)
