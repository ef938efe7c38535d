"""What a territory says of a host, as plain data: all that verification expects of it beside the standard."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from operations.worlds.automation import ACCOUNT
from territory.hosts import Host
from territory.inventory import host_variables
from territory.model import Territory


def declared_of(territory: Territory, host: Host, public_key: Path, *, certified: bool) -> dict[str, Any]:
    """The host's variables, the account of automation and, where its public key is at hand, that key's fingerprint.

    `certified` says whether there is an authority that hosts have certificates from.
    """
    return {
        **host_variables(territory, host),
        "account": ACCOUNT,
        "certified": certified,
        "keys": [_fingerprint(public_key.read_text(encoding="ascii"))] if public_key.is_file() else None,
    }


def _fingerprint(public_key: str) -> str:
    """As `ssh-keygen -l` shows it."""
    digest = hashlib.sha256(base64.b64decode(public_key.split()[1])).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")
