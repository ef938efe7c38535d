"""aws.iot.Certificate: never one whose private key AWS would make, since the key would be kept in the state."""

from __future__ import annotations

from collections.abc import Iterable

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from providers.logic import CheckFailure, ProviderError
from twin.aws.session import Session
from twin.aws.spec import every, output, prop, unless_missing
from twin.aws.types.iot.tagging import MISSING
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Kept, Record, ResourceType


def _create(call: Call[Session], inputs: Inputs) -> str:
    iot, active = call.world.client("iot"), bool(inputs["active"])
    if "csr" in inputs:
        made = iot.create_certificate_from_csr(certificateSigningRequest=inputs["csr"], setAsActive=active)
    else:
        made = iot.register_certificate_without_ca(certificatePem=inputs["certificatePem"], status=_status(active))
    return str(made["certificateId"])


def _status(active: bool) -> str:
    return "ACTIVE" if active else "INACTIVE"


def _read(call: Call[Session], id_: str, _known: Inputs) -> Record | None:
    iot = call.world.client("iot")
    found = unless_missing(lambda: iot.describe_certificate(certificateId=id_), MISSING)
    if found is None:
        return None
    described = found["certificateDescription"]
    return {**described, "active": described["status"] == "ACTIVE"}


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    if changes.touch("active"):
        status = _status(bool(changes.new["active"]))
        call.world.client("iot").update_certificate(certificateId=id_, newStatus=status)


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    iot = call.world.client("iot")
    unless_missing(lambda: iot.update_certificate(certificateId=id_, newStatus="INACTIVE"), MISSING)
    unless_missing(lambda: iot.delete_certificate(certificateId=id_), MISSING)


def _locate(_call: Call[Session], name: str) -> Found | None:
    raise ProviderError(f"certificate {name} cannot be imported: AWS does not keep the request it was made from")


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    """The certificate for the key of the request: AWS keeps no requests."""
    iot, wanted = call.world.client("iot"), _public_key(inputs)
    for item in every(iot, "list_certificates", "certificates"):
        found = iot.describe_certificate(certificateId=item["certificateId"])["certificateDescription"]
        if _public_key({"certificatePem": found["certificatePem"]}) == wanted:
            return str(item["certificateId"])
    return None


def _public_key(inputs: Inputs) -> bytes:
    if "csr" in inputs:
        key = x509.load_pem_x509_csr(str(inputs["csr"]).encode()).public_key()
    else:
        key = x509.load_pem_x509_certificate(str(inputs["certificatePem"]).encode()).public_key()
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _key_stays_with_its_device(inputs: Inputs) -> Iterable[CheckFailure]:
    if "csr" not in inputs and "certificatePem" not in inputs:
        yield CheckFailure(
            "csr",
            "`csr` is missing: AWS would make the key pair itself, and the private key would be kept in the stack's "
            "state; give a signing request of the device",
        )


CERTIFICATE = ResourceType[Session](
    "aws:iot/certificate:Certificate",
    properties=(
        prop("active", "active", samples=(True, False, True)),
        prop(
            "csr",
            "",
            kept=Kept.STATE,
            replaces=True,
            conflicts=("certificatePem",),
            samples=(Given("csr"), Given("other csr")),
        ),
        prop(
            "certificatePem",
            "certificatePem",
            replaces=True,
            computed=True,
            conflicts=("csr",),
            samples=(Given("certificate pem"), Given("other certificate pem")),
        ),
    ),
    outputs=(output("arn", "certificateArn"), output("caCertificateId", "caCertificateId")),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    rules=(_key_stays_with_its_device,),
    import_syntax="not at all, as officially",
)
