from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from operations.deployment.enrolment import enrol
from stacks.signing_requests import read_signing_requests
from territory.loader import load_territory

SANDBOX = load_territory("sandbox")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("METROPOLE_STATE", str(tmp_path))
    return tmp_path


def test_each_gateway_asks_in_its_own_name_with_its_own_key(state: Path):
    requests = read_signing_requests(enrol(SANDBOX, SANDBOX.edge_sites), SANDBOX.edge_sites)

    assert set(requests) == {site.id for site in SANDBOX.edge_sites}
    keys: set[bytes] = set()
    for site, text in requests.items():
        request = x509.load_pem_x509_csr(text.encode())
        key = load_pem_private_key(next(state.rglob(f"{site}.key.pem")).read_bytes(), None)
        assert request.is_signature_valid
        assert request.public_key() == key.public_key()
        assert request.subject.rfc4514_string() == f"CN=sandbox_{site}"
        keys.add(text.encode())
    assert len(keys) == len(requests)


def test_keys_are_for_their_owner_alone_and_never_among_the_requests(state: Path):
    requests = enrol(SANDBOX, SANDBOX.edge_sites)
    keys = list(state.rglob("*.key.pem"))

    assert len(keys) == len(SANDBOX.edge_sites)
    assert {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (requests, keys[0].parent)} == {0o700}
    assert all(b"PRIVATE" not in file.read_bytes() for file in requests.iterdir())


def test_who_has_enrolled_keeps_its_request():
    requests = enrol(SANDBOX, SANDBOX.edge_sites[:1])
    before = {file.name: file.read_bytes() for file in requests.iterdir()}
    enrol(SANDBOX, SANDBOX.edge_sites)
    after = {file.name: file.read_bytes() for file in requests.iterdir()}

    assert len(before) == 1
    assert before.items() <= after.items()
    assert len(after) == len(SANDBOX.edge_sites)
