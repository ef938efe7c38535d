"""The authority of a twin that its hosts' certificates are from: with them they send and receive journals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from territory.model import Territory

CERTIFICATE, KEY = "authority.pem", "authority.key.pem"
"""Names of the files in its directory, as the role `journal` reads them."""
_VALID = timedelta(days=3650)


def journal_authority(world: Path) -> Path:
    """Where the authority of a world is; `world` is the world's directory."""
    return world / "journal-authority"


def prepare_journal_authority(world: Path, territory: Territory) -> Path:
    """Make it if there is none, its key readable by its owner alone; its directory."""
    place = journal_authority(world)
    if (place / CERTIFICATE).exists():
        return place
    # Half a second of imports, needed once a world.
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"journals of {territory.name}")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _VALID)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    place.mkdir(mode=0o700, exist_ok=True)
    (place / KEY).touch(mode=0o600)
    private = serialization.PrivateFormat.PKCS8
    (place / KEY).write_bytes(key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption()))
    temporary = place / f".{CERTIFICATE}"
    temporary.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    temporary.replace(place / CERTIFICATE)
    return place
