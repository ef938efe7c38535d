"""A host gets a certificate for its own key, name and address, whatever it asks for."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from ansible.errors import AnsibleActionFail
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from operations.worlds.journal_authority import CERTIFICATE, KEY, prepare_journal_authority
from playbooks.action_plugins.certificate import VALID, signed
from territory.loader import load_territory


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare_journal_authority(tmp_path_factory.mktemp("world"), load_territory("sandbox"))


def request(key: ec.EllipticCurvePrivateKey, name: str) -> str:
    asked = x509.CertificateSigningRequestBuilder().subject_name(
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    )
    asked = asked.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return asked.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def test_it_is_for_the_key_that_asks_and_for_the_name_that_is_known(authority: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = signed(authority, request(key, "lac-bastion"), "lac-web-1", "10.1.2.3")
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate((authority / CERTIFICATE).read_bytes()))
    assert certificate.public_key() == key.public_key()
    assert certificate.subject.rfc4514_string() == "CN=lac-web-1"
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["lac-web-1"]
    assert names.get_values_for_type(x509.IPAddress) == [ip_address("10.1.2.3")]
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc <= VALID + timedelta(hours=1)


def test_an_authority_is_made_once_and_its_key_is_its_owners(authority: Path) -> None:
    before = (authority / CERTIFICATE).read_bytes()
    assert prepare_journal_authority(authority.parent, load_territory("sandbox")) == authority
    assert (authority / CERTIFICATE).read_bytes() == before
    assert (authority.stat().st_mode & 0o777, (authority / KEY).stat().st_mode & 0o777) == (0o700, 0o600)


@pytest.mark.parametrize("text", ["", "garbage", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n"])
def test_garbage_is_told_and_not_signed(authority: Path, text: str) -> None:
    with pytest.raises(AnsibleActionFail, match="no certificate can be signed"):
        signed(authority, text, "lac-web-1", "10.1.2.3")


def test_an_authority_that_is_not_there_is_told(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(AnsibleActionFail, match=r"authority\.pem"):
        signed(tmp_path, request(key, "a"), "a", "10.1.2.3")
