"""AWS IoT as the simulated cloud has it."""

from __future__ import annotations

from collections.abc import Generator
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.twin.aws.extension.simulated import REGION, Clients, refusal, role, simulated
from tests.twin.aws.families.iot import document, signing_request
from twin.aws.server.extension import iot as iot_extension

pytestmark = pytest.mark.api


@pytest.fixture
def clients() -> Generator[Clients]:
    with simulated("iot") as found:
        yield found


@pytest.fixture
def iot(clients: Clients) -> Any:
    return clients("iot")


def _certificate(iot: Any, name: str = "post", active: bool = True) -> tuple[str, str]:
    made = iot.create_certificate_from_csr(certificateSigningRequest=signing_request(name), setAsActive=active)
    return made["certificateId"], made["certificateArn"]


def test_a_thing_type_goes_after_its_deprecation_and_without_things(iot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iot_extension, "DEPRECATION_PERIOD", timedelta(hours=1))
    iot.create_thing_type(thingTypeName="post")
    iot.create_thing(thingName="post-1", thingTypeName="post")
    assert "deprecated before" in refusal(lambda: iot.delete_thing_type(thingTypeName="post"))[1]
    iot.deprecate_thing_type(thingTypeName="post")
    assert "things associated" in refusal(lambda: iot.delete_thing_type(thingTypeName="post"))[1]
    iot.delete_thing(thingName="post-1")
    assert "wait for 5 minutes after deprecation" in refusal(lambda: iot.delete_thing_type(thingTypeName="post"))[1]
    monkeypatch.setattr(iot_extension, "DEPRECATION_PERIOD", timedelta(0))
    iot.delete_thing_type(thingTypeName="post")
    assert iot.list_thing_types()["thingTypes"] == []


@pytest.mark.parametrize(
    "attributes",
    [{"commune": "Mérignac"}, {"street": "quai nord"}, {"a b": "c"}, dict.fromkeys("abcd", "1")],
)
def test_attributes_aws_refuses_are_refused(iot: Any, attributes: dict[str, str]) -> None:
    payload = {"attributes": attributes}
    assert refusal(lambda: iot.create_thing(thingName="post", attributePayload=payload))[0] == "InvalidRequestException"


def test_a_type_makes_room_for_attributes(iot: Any) -> None:
    iot.create_thing_type(thingTypeName="post")
    payload = {"attributes": dict.fromkeys("abcd", "1")}
    iot.create_thing(thingName="post-1", thingTypeName="post", attributePayload=payload)
    code, _ = refusal(lambda: iot.update_thing(thingName="post-1", removeThingType=True))
    assert code == "InvalidRequestException"


@pytest.mark.parametrize("name", ["post 1", "réverbère", "a/b"])
def test_names_aws_refuses_are_refused(iot: Any, name: str) -> None:
    assert refusal(lambda: iot.create_thing_type(thingTypeName=name))[0] in (
        "InvalidRequestException",
        "ResourceNotFoundException",
    )


def test_nothing_is_made_twice(iot: Any) -> None:
    iot.create_thing(thingName="post")
    iot.create_thing_type(thingTypeName="post")
    assert refusal(lambda: iot.create_thing(thingName="post"))[0] == "ResourceAlreadyExistsException"
    assert refusal(lambda: iot.create_thing_type(thingTypeName="post"))[0] == "ResourceAlreadyExistsException"


def test_a_thing_is_in_one_group_of_a_hierarchy_and_in_ten_at_most(iot: Any) -> None:
    iot.create_thing(thingName="post")
    iot.create_thing_group(thingGroupName="city")
    for child in ("north", "south"):
        iot.create_thing_group(thingGroupName=child, parentGroupName="city")
    iot.add_thing_to_thing_group(thingGroupName="north", thingName="post")
    for group in ("south", "city"):
        code, said = refusal(lambda group=group: iot.add_thing_to_thing_group(thingGroupName=group, thingName="post"))
        assert (code, "same hierarchy" in said) == ("InvalidRequestException", True)
    for number in range(9):
        iot.create_thing_group(thingGroupName=f"g{number}")
        iot.add_thing_to_thing_group(thingGroupName=f"g{number}", thingName="post")
    iot.create_thing_group(thingGroupName="eleventh")
    said = refusal(lambda: iot.add_thing_to_thing_group(thingGroupName="eleventh", thingName="post"))[1]
    assert "10 groups" in said


def test_a_thing_that_goes_leaves_its_groups(iot: Any) -> None:
    iot.create_thing(thingName="post")
    iot.create_thing_group(thingGroupName="city")
    iot.add_thing_to_thing_group(thingGroupName="city", thingName="post")
    iot.delete_thing(thingName="post")
    assert iot.list_things_in_thing_group(thingGroupName="city")["things"] == []


def test_a_group_needs_its_parent(iot: Any) -> None:
    made = lambda: iot.create_thing_group(thingGroupName="north", parentGroupName="nowhere")  # noqa: E731
    assert refusal(made)[0] == "ResourceNotFoundException"


def test_a_certificate_is_for_the_key_of_its_request(iot: Any) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "post")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    pem = request.public_bytes(serialization.Encoding.PEM).decode()
    made = iot.create_certificate_from_csr(certificateSigningRequest=pem, setAsActive=True)
    certificate = x509.load_pem_x509_certificate(made["certificatePem"].encode())
    assert certificate.public_key() == key.public_key()
    assert certificate.subject == name
    assert made["certificateId"] == certificate.fingerprint(hashes.SHA256()).hex()
    assert "PRIVATE" not in str(made)
    described = iot.describe_certificate(certificateId=made["certificateId"])["certificateDescription"]
    assert described["validity"]["notAfter"].year == 2049


def test_a_bad_request_is_refused(iot: Any) -> None:
    weak = rsa.generate_private_key(65537, 1024)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "post")])
    signed = x509.CertificateSigningRequestBuilder().subject_name(name).sign(weak, hashes.SHA256())
    for pem in ("no request", signed.public_bytes(serialization.Encoding.PEM).decode()):
        made = lambda pem=pem: iot.create_certificate_from_csr(certificateSigningRequest=pem)  # noqa: E731
        assert refusal(made)[0] == "InvalidRequestException"


def test_what_is_attached_or_active_stays(iot: Any) -> None:
    id_, arn = _certificate(iot)
    iot.create_policy(policyName="posts", policyDocument=document("north"))
    iot.create_thing(thingName="post")
    iot.create_thing_group(thingGroupName="city")
    iot.attach_policy(policyName="posts", target=iot.describe_thing_group(thingGroupName="city")["thingGroupArn"])
    iot.attach_policy(policyName="posts", target=arn)
    iot.attach_thing_principal(thingName="post", principal=arn)
    assert refusal(lambda: iot.delete_policy(policyName="posts"))[0] == "DeleteConflictException"
    assert refusal(lambda: iot.delete_certificate(certificateId=id_))[0] == "CertificateStateException"
    iot.update_certificate(certificateId=id_, newStatus="INACTIVE")
    assert "Things must be detached" in refusal(lambda: iot.delete_certificate(certificateId=id_))[1]
    assert "attached to one or more principals" in refusal(lambda: iot.delete_thing(thingName="post"))[1]
    iot.detach_thing_principal(thingName="post", principal=arn)
    assert "policies must be detached" in refusal(lambda: iot.delete_certificate(certificateId=id_))[1]
    iot.detach_policy(policyName="posts", target=arn)
    iot.delete_certificate(certificateId=id_)


def test_policies_are_documents_of_a_length(iot: Any) -> None:
    long = document(*[f"a-topic-with-a-rather-long-name-{number}" for number in range(40)])
    for text in ("no json", '{"Version": "2012-10-17"}', long):
        made = lambda text=text: iot.create_policy(policyName="posts", policyDocument=text)  # noqa: E731
        assert refusal(made)[0] == "MalformedPolicyException"


def test_versions_of_a_policy(iot: Any) -> None:
    iot.create_policy(policyName="posts", policyDocument=document("0"))
    for number in range(1, 5):
        iot.create_policy_version(policyName="posts", policyDocument=document(str(number)), setAsDefault=True)
    sixth = lambda: iot.create_policy_version(policyName="posts", policyDocument=document("5"))  # noqa: E731
    assert refusal(sixth)[0] == "VersionsLimitExceededException"
    assert refusal(lambda: iot.delete_policy(policyName="posts"))[0] == "DeleteConflictException"
    assert "topic/4" in iot.get_policy(policyName="posts")["policyDocument"]


def test_rules_have_sql_and_roles_that_iot_can_take(iot: Any, clients: Clients) -> None:
    queue = f"https://sqs.{REGION}.amazonaws.com/{clients.account}/events"

    def make(sql: str, role_arn: str) -> None:
        action = {"sqs": {"queueUrl": queue, "roleArn": role_arn, "useBase64": False}}
        iot.create_topic_rule(ruleName="events", topicRulePayload={"sql": sql, "actions": [action]})

    good = role(clients, "rules", "iot.amazonaws.com")
    assert refusal(lambda: make("SELECT *", good))[0] == "SqlParseException"
    for bad in (f"arn:aws:iam::{clients.account}:role/none", role(clients, "other", "ec2.amazonaws.com")):
        assert "unable to perform: sts:AssumeRole" in refusal(lambda bad=bad: make("SELECT * FROM 'a/#'", bad))[1]
    make("SELECT * FROM 'a/#'", good)


def test_tags_are_kept_and_forgotten_with_what_bears_them(iot: Any) -> None:
    made = iot.create_thing_group(thingGroupName="city", tags=[{"Key": "Name", "Value": "city"}])
    arn = made["thingGroupArn"]
    iot.tag_resource(resourceArn=arn, tags=[{"Key": "owner", "Value": "us"}])
    iot.untag_resource(resourceArn=arn, tagKeys=["Name"])
    assert iot.list_tags_for_resource(resourceArn=arn)["tags"] == [{"Key": "owner", "Value": "us"}]
    iot.delete_thing_group(thingGroupName="city")
    assert refusal(lambda: iot.list_tags_for_resource(resourceArn=arn))[0] == "ResourceNotFoundException"
    iot.create_thing_group(thingGroupName="city")
    assert iot.list_tags_for_resource(resourceArn=arn)["tags"] == []
