"""Enrols the gateways of a twin: each gets a key of its own and asks for a certificate, as a real one does by itself.

A real gateway makes its key in its own secure element and sends only the request. A twin has no gateways, so their keys
are made here, in the checkout's state: readable by its owner alone, never in a stack's configuration or state, an
argument or a log. Requests lie beside them, and only their folder's name goes into the configuration.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from operations.paths import state_directory
from stacks.signing_requests import FOLDER, SUFFIX
from territory import edge
from territory.model import EdgeSite, Territory

KEY_SUFFIX = ".key.pem"
LONGEST_COMMON_NAME = 64
"""Of an X.509 name (RFC 5280)."""


def enrol(territory: Territory, sites: Iterable[EdgeSite]) -> Path:
    """Make what the gateways of these sites still lack, and return the folder of all signing requests."""
    home = _home(state_directory(), territory.name)
    requests, keys = home / FOLDER, home / "device-keys"
    missing = [site for site in sites if not (requests / f"{site.id}{SUFFIX}").exists()]
    if missing:
        for folder in (requests, keys):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for site in missing:
            key, request = _enrolled(edge.thing_name(territory, site))
            _write(keys / f"{site.id}{KEY_SUFFIX}", key)
            _write(requests / f"{site.id}{SUFFIX}", request)
    return requests


def forget_enrolment(state: Path, territory: str) -> None:
    """Throw the gateways of a territory away, with their keys."""
    shutil.rmtree(_home(state, territory), ignore_errors=True)


def _home(state: Path, territory: str) -> Path:
    return state / "enrolment" / territory


def _enrolled(thing: str) -> tuple[bytes, bytes]:
    """A private key and the request it signs, both PEM."""
    # Half a second of imports, needed once a twin.
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, thing[-LONGEST_COMMON_NAME:])])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return encoded, request.public_bytes(serialization.Encoding.PEM)


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all, so that a run that was cut off leaves no half of a request."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    beside.replace(file)
