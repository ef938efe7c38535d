"""boto3 clients that hear of nothing but what they are told: no environment variable, no file in a home directory."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from boto3.session import Session
from botocore.config import Config
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES, ConstantProvider
from botocore.session import Session as CoreSession

_QUIET: Final = Config(
    retries={"total_max_attempts": 1, "mode": "standard"},
    connect_timeout=10,
    read_timeout=60,
    max_pool_connections=32,
    proxies={},
    s3={"addressing_style": "path"},
    # Checksums in trailers would double the size of every small object's request.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)

_opening = threading.Lock()
"""A session of boto3 may only make one client at a time."""


@dataclass(frozen=True)
class Place:
    """One API server, one region of it, and who calls."""

    endpoint: str
    """`http://127.0.0.1:41005`."""
    region: str
    access_key: str
    secret_key: str = field(repr=False)


@lru_cache(maxsize=256)
def client(place: Place, service: str) -> Any:
    """The client of a service (`kms`): made once a process, since making one reads megabytes; threads may share it."""
    with _opening:
        made: Any = _session().client(
            service,
            region_name=place.region,
            endpoint_url=place.endpoint,
            aws_access_key_id=place.access_key,
            aws_secret_access_key=place.secret_key,
            config=_QUIET,
        )
    # S3's control API would be asked at `ACCOUNT.127.0.0.1`, which is nobody.
    made.meta.events.register("before-sign.s3-control", partial(_without_account, place.endpoint))
    return made


def _without_account(endpoint: str, request: Any, **_others: Any) -> None:
    parts = urlsplit(request.url)
    request.url = urlunsplit(parts._replace(netloc=urlsplit(endpoint).netloc))


@lru_cache(maxsize=1)
def _session() -> Session:
    core = CoreSession()
    settings = core.get_component("config_store")
    for name, (_, _, default, _) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items():
        settings.set_config_provider(name, ConstantProvider(default))
    for name in ("config_file", "credentials_file"):
        settings.set_config_provider(name, ConstantProvider("/dev/null"))
    return Session(botocore_session=core)
