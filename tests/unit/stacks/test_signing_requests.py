from __future__ import annotations

from pathlib import Path

import pytest

from stacks.configuration import SettingsError
from stacks.signing_requests import folder_of, read_signing_requests
from territory.loader import TERRITORIES, load_territory

SITES = load_territory("sandbox").edge_sites
REQUEST = "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\nAAAA\n-----END CERTIFICATE REQUEST-----\n"
SECRET = "MIGHAgEAMBMGByqGSM49AgEG"  # what a private key's text begins with, nobody's key


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / f"{SITES[0].id}.csr.pem"


@pytest.mark.parametrize(
    "text", [REQUEST, REQUEST.strip(), REQUEST.replace("\n", "\r\n"), REQUEST.replace(" CERT", " NEW CERT")]
)
def test_a_request_is_read_as_it_was_sent(file: Path, text: str):
    file.write_bytes(text.encode())

    assert read_signing_requests(file.parent, SITES) == {SITES[0].id: text.replace("\r\n", "\n")}


def test_nobody_has_to_have_enrolled(tmp_path: Path):
    assert read_signing_requests(tmp_path / "nowhere", SITES) == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "request",
        REQUEST.replace("REQUEST", "", 2),
        REQUEST + REQUEST,
        REQUEST.replace("MIIB", "é"),
        f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----\n",
        f"{REQUEST}-----BEGIN EC PRIVATE KEY-----\n{SECRET}\n-----END EC PRIVATE KEY-----\n",
    ],
)
def test_anything_else_is_refused_and_not_shown(file: Path, text: str):
    file.write_bytes(text.encode())

    with pytest.raises(SettingsError) as caught:
        read_signing_requests(file.parent, SITES)
    assert str(file) in str(caught.value)
    assert SECRET not in str(caught.value)
    assert ("private key" in str(caught.value)) == ("PRIVATE KEY" in text)


def test_requests_lie_beside_their_territory_unless_a_folder_is_named(tmp_path: Path):
    assert folder_of("bordeaux", None) == TERRITORIES / "bordeaux" / "signing-requests"
    assert folder_of(str(tmp_path), None) == tmp_path / "signing-requests"
    assert folder_of("bordeaux", "/elsewhere") == Path("/elsewhere")
