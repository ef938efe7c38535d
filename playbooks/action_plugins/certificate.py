"""Has a host make a key and ask for a certificate, signs it here, and puts it beside the key."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

DOCUMENTATION = """
    name: certificate
    short_description: Gives a host a certificate of an authority on the controller
    description:
        - The key is made on the host and stays there. Of the request only its public key is used, so a host gets no
          certificate but one for its own name and address.
        - Files are C(key.pem), C(certificate.pem) and C(authority.pem); the old ones stay until all are there.
    options:
        authority:
            description: Directory on the controller with C(authority.pem) and C(authority.key.pem).
            type: path
            required: true
        folder:
            description: Directory on the host.
            type: path
            required: true
        name:
            description: The host's name, one DNS label.
            type: str
            required: true
        address:
            description: The host's address.
            type: str
            required: true
"""

EXAMPLES = """
- certificate:
    authority: /etc/metropole/journal-authority
    folder: /etc/metropole/journal
    name: lac-bastion
    address: 10.0.0.5
"""

RETURN = """
serial:
    description: The certificate's serial number, hexadecimal.
    type: str
    returned: changed
"""

VALID = timedelta(days=397)

_REQUEST = """\
set -eu
cd "$1"
umask 077
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.new
openssl req -new -key key.new -subj "/CN=$2"
"""
_INSTALL = """\
set -eu
cd "$1"
umask 022
printf '%s\\n' "$2" >authority.new
printf '%s\\n' "$3" >certificate.new
chgrp systemd-journal-remote key.new
chmod 0640 key.new
mv key.new key.pem
mv authority.new authority.pem
mv certificate.new certificate.pem
"""


class ActionModule(ActionBase):
    """Ansible finds it by this name."""

    _VALID_ARGS = frozenset({"authority", "folder", "name", "address"})

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """What the task results in. `AnsibleActionFail` says what keeps a certificate from being signed."""
        result = super().run(tmp, task_vars)
        if self._task.check_mode:
            return result | {"changed": True}
        wanted: dict[str, str] = self._task.args
        requested = self._on_host(_REQUEST, wanted["folder"], wanted["name"])
        if requested.get("failed"):
            return result | requested
        certificate = signed(Path(wanted["authority"]), requested["stdout"], wanted["name"], wanted["address"])
        text = certificate.public_bytes(serialization.Encoding.PEM).decode().strip()
        authority = (Path(wanted["authority"]) / "authority.pem").read_text(encoding="ascii").strip()
        installed = self._on_host(_INSTALL, wanted["folder"], authority, text)
        if installed.get("failed"):
            return result | installed
        return result | {"changed": True, "serial": f"{certificate.serial_number:x}"}

    def _on_host(self, script: str, *arguments: str) -> dict[str, Any]:
        """What a script says, run without a module: starting Python would cost the host ten times as much."""
        answer: dict[str, Any] = self._low_level_execute_command(
            shlex.join(["/bin/sh", "-s", *arguments]), in_data=script.encode()
        )
        return answer | ({"failed": True, "msg": f"the host could not: {answer['stderr']}"} if answer["rc"] else {})


def signed(authority: Path, request: str, name: str, address: str) -> x509.Certificate:
    """A certificate for the key of a request (PEM), and for this name and address, whatever the request says."""
    try:
        issuer = x509.load_pem_x509_certificate((authority / "authority.pem").read_bytes())
        key = serialization.load_pem_private_key((authority / "authority.key.pem").read_bytes(), password=None)
        asked = x509.load_pem_x509_csr(request.encode())
    except (OSError, ValueError, TypeError) as error:
        raise AnsibleActionFail(f"no certificate can be signed: {error}") from error
    if not asked.is_signature_valid:
        raise AnsibleActionFail("no certificate can be signed: the request is not signed with its own key")
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise AnsibleActionFail("no certificate can be signed: the authority's key is not of an elliptic curve")
    public, now = asked.public_key(), datetime.now(UTC)
    uses = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
    names = [x509.DNSName(name), x509.IPAddress(ip_address(address))]
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer.subject)
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(min(now + VALID, issuer.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
