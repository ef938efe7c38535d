"""The certificate signing requests of gateways: one file each, made on the gateway, beside the territory's data.

A request holds a public key and a name, signed with the private key that stays where it was made. So it may lie in the
repository, be reviewed like any other change, and stand in a stack's state.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from stacks.configuration import SettingsError, set_command
from territory.loader import TERRITORIES
from territory.model import EdgeSite

KEY = "signingRequests"
FOLDER = "signing-requests"
SUFFIX = ".csr.pem"

_REQUEST = re.compile(
    r"-----BEGIN (NEW )?CERTIFICATE REQUEST-----\n(?:[A-Za-z0-9+/=]{1,76}\n)+-----END \1?CERTIFICATE REQUEST-----\n?"
)


def folder_of(territory: str, named: str | None) -> Path:
    """Where a territory's requests are: in the folder that was named, else in its own."""
    return Path(named) if named else TERRITORIES / territory / FOLDER


def read_signing_requests(folder: Path, sites: Iterable[EdgeSite]) -> Mapping[str, str]:
    """Edge site to its request, for those that have one. Raises `SettingsError` for a file that is anything else.

    What a wrong file holds is not shown: it may be a private key.
    """
    found: dict[str, str] = {}
    for site in sites:
        file = folder / f"{site.id}{SUFFIX}"
        if file.is_file():
            found[site.id] = _request(file)
    return found


def _request(file: Path) -> str:
    try:
        text = file.read_text(encoding="ascii").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError):
        text = ""
    if "PRIVATE KEY" in text:
        problem = f"{file} holds a private key: take it out, consider it lost, and make a new one on the gateway"
        raise SettingsError(KEY, problem, set_command(KEY, "FOLDER"))
    if not _REQUEST.fullmatch(text):
        problem = f"{file} is no certificate signing request in PEM"
        raise SettingsError(KEY, problem, set_command(KEY, "FOLDER"))
    return text
