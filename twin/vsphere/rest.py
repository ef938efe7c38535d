"""The vCenter's REST API, as far as tags need it."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Mapping
from typing import Any, Final

import requests
import urllib3
from requests.adapters import HTTPAdapter

from providers.logic import ProviderError

SESSION_HEADER: Final = "vmware-api-session-id"
TAGGING: Final = "/rest/com/vmware/cis/tagging"
SECONDS: Final = 60


class _Trusting(HTTPAdapter):
    """Connections that share one idea of whom to trust: made anew for each, it would cost more than a request."""

    def __init__(self, trust: ssl.SSLContext) -> None:
        self._trust = trust
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options, ssl_context=self._trust)


class RestSession:
    """One login, used from many threads: each thread has connections of its own."""

    def __init__(self, base: str, trust: ssl.SSLContext, token: str, login: tuple[str, str]) -> None:
        self._base = base
        self._trust = trust
        self._token = token
        self._login = login
        self._local = threading.local()
        self._renewing = threading.Lock()

    @staticmethod
    def open(base: str, user: str, password: str, trust: ssl.SSLContext) -> RestSession:
        """Log in. Raises `ProviderError`."""
        if not _verifies(trust):
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        session = RestSession(base, trust, "", (user, password))
        try:
            session._renew("")
        except requests.RequestException as error:
            raise ProviderError(f"cannot reach the REST API of {base}: {type(error).__name__}") from error
        return session

    def _client(self) -> requests.Session:
        client: requests.Session | None = getattr(self._local, "client", None)
        if client is None:
            client = requests.Session()
            client.mount("https://", _Trusting(self._trust))
            client.verify = _verifies(self._trust)
            # A proxy of the environment must never see a vCenter's session.
            client.trust_env = False
            self._local.client = client
        return client

    def _renew(self, stale: str) -> None:
        with self._renewing:
            if self._token != stale:
                return
            answer = self._send("POST", "/rest/com/vmware/cis/session", auth=self._login)
            if answer.status_code >= 400:
                raise ProviderError(f"the REST API of {self._base} refuses the login ({answer.status_code})")
            self._token = answer.json()["value"]

    def _send(self, method: str, path: str, **options: Any) -> requests.Response:
        return self._client().request(method, f"{self._base}{path}", timeout=SECONDS, **options)

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """One request below the tagging API. Raises `LookupError` on 404 and `ProviderError` on any other refusal."""
        token = self._token
        answer = self._send(method, f"{TAGGING}{path}", json=body, headers={SESSION_HEADER: token})
        if answer.status_code == 401:
            self._renew(token)
            answer = self._send(method, f"{TAGGING}{path}", json=body, headers={SESSION_HEADER: self._token})
        if answer.status_code == 404:
            raise LookupError(path)
        if answer.status_code >= 400:
            raise ProviderError(f"{method} {path} was refused ({answer.status_code}): {_reason(answer)}")
        return answer.json().get("value") if answer.content.strip() else None

    def close(self) -> None:
        """Log out; a vCenter that is gone is no error."""
        try:
            self._send("DELETE", "/rest/com/vmware/cis/session", headers={SESSION_HEADER: self._token})
        except requests.RequestException:
            return


def _verifies(trust: ssl.SSLContext) -> bool:
    return trust.verify_mode is not ssl.CERT_NONE


def _reason(answer: requests.Response) -> str:
    try:
        content = answer.json()
    except ValueError:
        return answer.text.strip()[:200]
    kind = str(content.get("type", "")).rsplit(".", 1)[-1]
    messages = [str(item.get("default_message", "")) for item in (content.get("value") or {}).get("messages", [])]
    return " ".join([kind, *messages]).strip()
