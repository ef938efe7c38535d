"""Certificates of AWS IoT as moto lacks them.

| AWS | moto 5.2.5 | here |
|---|---|---|
| a certificate from a request is for the key of the request | for a key nobody has | for the key of the request |
| requests are signed by their key: RSA from 2048 bits, or P-256, P-384, P-521 | unseen | InvalidRequestException |
| its id is the digest of the certificate | of its text | of the certificate |
| it is valid until the end of 2049, and says so | two days | as AWS |
| an active or attached certificate cannot be deleted | crashes once a group has a policy | as AWS |
| a status is one of AWS's | anything | InvalidRequestException |

Only public parts are kept. The key of the authority that signs lives in the memory of the process, and nowhere else.

Not mended: certificate authorities of one's own, transfers, just-in-time registration.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from moto.core.config import default_user_config
from moto.core.utils import utcnow
from moto.iot.exceptions import CertificateStateException, DeleteConflictException, InvalidRequestException
from moto.iot.models import FakeCertificate, IoTBackend

from twin.aws.server.extension.patching import replace

STATUSES = ("ACTIVE", "INACTIVE", "REVOKED")
END = datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC)
CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
ISSUER = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Simulated IoT certificate authority")])

_update_certificate = IoTBackend.update_certificate


@cache
def _authority() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _request(csr: str) -> x509.CertificateSigningRequest:
    try:
        request = x509.load_pem_x509_csr(csr.encode("utf-8"))
        key = request.public_key()
        sound = request.is_signature_valid
    except (ValueError, UnsupportedAlgorithm, InvalidSignature) as error:
        raise InvalidRequestException("The certificate signing request cannot be read") from error
    strong = (isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048) or (
        isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, CURVES)
    )
    if not sound or not strong:
        raise InvalidRequestException("The certificate signing request is not signed by an RSA or ECC key IoT supports")
    return request


def create_certificate_from_csr(self: IoTBackend, csr: str, set_as_active: bool) -> FakeCertificate:
    """CreateCertificateFromCsr."""
    request, now = _request(csr), datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(request.subject)
        .issuer_name(ISSUER)
        .public_key(request.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(END)
        .sign(_authority(), hashes.SHA256())
    )
    pem = signed.public_bytes(serialization.Encoding.PEM).decode("utf-8")
    certificate = self.register_certificate(pem, None, bool(set_as_active), "INACTIVE")
    certificate.validity_not_before, certificate.validity_not_after = now, END
    return certificate


def delete_certificate(self: IoTBackend, certificate_id: str, force_delete: bool) -> None:
    """DeleteCertificate."""
    certificate = self.describe_certificate(certificate_id)
    if certificate.status == "ACTIVE":
        raise CertificateStateException(
            "Certificate must be deactivated (not ACTIVE) before deletion.", certificate.certificate_id
        )
    if any(principal == certificate.arn for principal, _ in self.principal_things):
        raise DeleteConflictException(f"Things must be detached before deletion (arn: {certificate.arn})")
    if not force_delete and any(principal == certificate.arn for principal, _ in self.principal_policies):
        raise DeleteConflictException(f"Certificate policies must be detached before deletion (arn: {certificate.arn})")
    for key in [key for key in self.principal_policies if key[0] == certificate.arn]:
        del self.principal_policies[key]
    del self.certificates[certificate_id]


def update_certificate(self: IoTBackend, certificate_id: str, new_status: str) -> None:
    """UpdateCertificate."""
    if new_status not in STATUSES:
        raise InvalidRequestException(f"Value {new_status!r} at 'newStatus' must be one of {', '.join(STATUSES)}")
    _update_certificate(self, certificate_id, new_status)
    self.describe_certificate(certificate_id).last_modified_date = utcnow()


def extend() -> None:
    """Change moto's backend in place."""
    default_user_config["iot"] = {"use_valid_cert": True}
    replace(IoTBackend, create_certificate_from_csr, delete_certificate, update_certificate)
