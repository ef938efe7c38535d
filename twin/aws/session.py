"""What declarations call: the clients of one account in one region of a simulated cloud."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from providers.logic import ProviderError
from twin.aws.boto import Place, client


def _no_tags() -> Mapping[str, str]:
    return {}


@dataclass(frozen=True)
class Session:
    """Shared by every thread of a provider."""

    places: Mapping[str, Place]
    """Service, by its boto3 name, to where it answers."""
    region: str
    account: str
    """The account's number, as the cloud itself says it."""
    default_tags: Mapping[str, str] = field(default_factory=_no_tags)
    """What the provider's configuration puts on everything that takes tags."""
    _turns: defaultdict[str, threading.RLock] = field(
        default_factory=lambda: defaultdict(threading.RLock), repr=False, compare=False
    )
    _turns_guard: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def client(self, service: str) -> Any:
        """The boto3 client of a service. Raises `ProviderError` when the provider has no endpoint for it."""
        place = self.places.get(service)
        if place is None:
            raise ProviderError(
                f"the aws provider has no endpoint for {service}: the twin's stand-in calls nothing that "
                "`endpoints` does not name"
            )
        return client(place, service)

    @contextmanager
    def turn(self, key: str) -> Generator[None]:
        """Let one thread at a time write to what the key names."""
        with self._turns_guard:
            lock = self._turns[key]
        with lock:
            yield

    def arn(self, service: str, resource: str, *, region: str | None = None) -> str:
        """`arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE`; an empty `region` for what has none."""
        return f"arn:aws:{service}:{self.region if region is None else region}:{self.account}:{resource}"
