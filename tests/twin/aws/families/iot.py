"""Things, types, groups, policies, certificates and rules."""

from __future__ import annotations

import datetime
import json
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.twin.aws.account import ACCOUNT, Account
from tests.twin.aws.case import Case
from twin.framework.declaration import Given

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "iot.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}


def document(*topics: str) -> str:
    """A policy that lets its principal publish to these topics."""
    resources = [f"arn:aws:iot:eu-west-3:{ACCOUNT}:topic/{topic}" for topic in topics]
    statement = {"Effect": "Allow", "Action": ["iot:Publish"], "Resource": resources}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@cache
def signing_request(name: str) -> str:
    """A request whose private key is forgotten at once."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject)
    signed = request.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM).decode()


@cache
def self_signed(name: str) -> str:
    """A certificate that some other authority gave."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=30))
    )
    return built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def given(account: Account) -> dict[str, Any]:
    iot, iam = account.client("iot"), account.client("iam")
    ids: dict[str, Any] = {
        "iot role": iam.create_role(RoleName="given-iot", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"],
        "iot document": document("north/*"),
        "other iot document": document("north/*", "south/*"),
    }
    for prefix in ("", "other "):
        name = f"given-{prefix.strip() or 'one'}"
        ids[f"{prefix}thing type"] = iot.create_thing_type(thingTypeName=name)["thingTypeName"]
        ids[f"{prefix}thing group"] = iot.create_thing_group(thingGroupName=name)["thingGroupName"]
        ids[f"{prefix}thing"] = iot.create_thing(thingName=name)["thingName"]
        ids[f"{prefix}iot policy"] = iot.create_policy(policyName=name, policyDocument=document("x"))["policyName"]
        made = iot.create_certificate_from_csr(certificateSigningRequest=signing_request(name), setAsActive=True)
        ids[f"{prefix}certificate"] = made["certificateArn"]
        ids[f"{prefix}csr"] = signing_request(f"{name}-csr")
        ids[f"{prefix}certificate pem"] = self_signed(name)
    return ids


def _tags(account: Account, arn: str) -> dict[str, str]:
    listed = account.client("iot").list_tags_for_resource(resourceArn=arn)["tags"]
    return {tag["Key"]: tag["Value"] for tag in listed}


def _thing_type(account: Account, id_: str) -> dict[str, Any]:
    found = account.client("iot").describe_thing_type(thingTypeName=id_)
    properties = found["thingTypeProperties"]
    return {
        "name": found["thingTypeName"],
        "arn": found["thingTypeArn"],
        "deprecated": found["thingTypeMetadata"]["deprecated"],
        "properties": {
            "description": properties.get("thingTypeDescription"),
            "searchableAttributes": properties.get("searchableAttributes"),
        },
        "tagsAll": _tags(account, found["thingTypeArn"]),
    }


def _thing_group(account: Account, id_: str) -> dict[str, Any]:
    found = account.client("iot").describe_thing_group(thingGroupName=id_)
    properties, metadata = found["thingGroupProperties"], found["thingGroupMetadata"]
    above = metadata.get("rootToParentThingGroups", [])
    told = {"creationDate": metadata["creationDate"].isoformat()}
    return {
        "name": found["thingGroupName"],
        "arn": found["thingGroupArn"],
        "version": found["version"],
        "parentGroupName": metadata.get("parentGroupName"),
        "properties": {
            "description": properties.get("thingGroupDescription"),
            "attributePayload": {"attributes": properties.get("attributePayload", {}).get("attributes")},
        },
        "metadatas": [{**told, **({"rootToParentGroups": above} if above else {})}],
        "tagsAll": _tags(account, found["thingGroupArn"]),
    }


def _thing(account: Account, id_: str) -> dict[str, Any]:
    found = account.client("iot").describe_thing(thingName=id_)
    return {
        "name": found["thingName"],
        "arn": found["thingArn"],
        "defaultClientId": found["defaultClientId"],
        "version": found["version"],
        "attributes": found["attributes"],
        "thingTypeName": found.get("thingTypeName"),
    }


def _membership(account: Account, id_: str) -> dict[str, Any]:
    group, thing = id_.split("/")
    assert thing in account.client("iot").list_things_in_thing_group(thingGroupName=group)["things"]
    return {"thingGroupName": group, "thingName": thing}


def _policy(account: Account, id_: str) -> dict[str, Any]:
    iot = account.client("iot")
    found = iot.get_policy(policyName=id_)
    version = iot.get_policy_version(policyName=id_, policyVersionId=found["defaultVersionId"])
    return {
        "name": found["policyName"],
        "arn": found["policyArn"],
        "defaultVersionId": found["defaultVersionId"],
        "policy": json.loads(version["policyDocument"]),
        "tagsAll": _tags(account, found["policyArn"]),
    }


def _certificate(account: Account, id_: str) -> dict[str, Any]:
    found = account.client("iot").describe_certificate(certificateId=id_)["certificateDescription"]
    return {
        "active": found["status"] == "ACTIVE",
        "arn": found["certificateArn"],
        "certificatePem": found["certificatePem"],
        "caCertificateId": found.get("caCertificateId"),
    }


def _attached(account: Account, id_: str) -> dict[str, Any]:
    policy, target = id_.split("|")
    assert target in account.client("iot").list_targets_for_policy(policyName=policy)["targets"]
    return {"policy": policy, "target": target}


def _principal(account: Account, id_: str) -> dict[str, Any]:
    thing, principal = id_.split("|")
    assert thing in account.client("iot").list_principal_things(principal=principal)["things"]
    return {"thing": thing, "principal": principal}


def _topic_rule(account: Account, id_: str) -> dict[str, Any]:
    found = account.client("iot").get_topic_rule(ruleName=id_)
    rule, actions = found["rule"], found["rule"]["actions"]

    def of(kind: str) -> list[Any]:
        return [action[kind] for action in actions if kind in action]

    return {
        "name": rule["ruleName"],
        "arn": found["ruleArn"],
        "enabled": not rule["ruleDisabled"],
        "sql": rule["sql"],
        "sqlVersion": rule["awsIotSqlVersion"],
        "description": rule["description"],
        "sqs": of("sqs"),
        "sns": of("sns"),
        "dynamodbv2s": of("dynamoDBv2"),
        "cloudwatchLogs": of("cloudwatchLogs"),
        "republishes": of("republish"),
        "errorAction": rule["errorAction"],
        "tagsAll": _tags(account, found["ruleArn"]),
    }


def _rule_name(name: str) -> str:
    return name.replace("-", "_")


CASES = {
    "iot.ThingType": Case(minimal=lambda name: {"name": name, "tags": {"Name": name}}, read=_thing_type),
    "iot.ThingGroup": Case(minimal=lambda name: {"name": name, "tags": {"Name": name}}, read=_thing_group),
    "iot.Thing": Case(minimal=lambda name: {"name": name}, read=_thing),
    "iot.ThingGroupMembership": Case(
        minimal=lambda name: {"thingGroupName": Given("thing group"), "thingName": Given("thing")},
        read=_membership,
        nothing="no-group/no-thing",
    ),
    "iot.Policy": Case(minimal=lambda name: {"name": name, "policy": Given("iot document")}, read=_policy),
    "iot.Certificate": Case(
        minimal=lambda name: {"active": True, "csr": signing_request(name)},
        read=_certificate,
        company={"certificatePem": {"csr": None}},
        importable=False,
        alone=False,
    ),
    "iot.PolicyAttachment": Case(
        minimal=lambda name: {"policy": Given("iot policy"), "target": Given("certificate")},
        read=_attached,
        nothing=f"no-policy|arn:aws:iot:eu-west-3:{ACCOUNT}:cert/0",
    ),
    "iot.ThingPrincipalAttachment": Case(
        minimal=lambda name: {"thing": Given("thing"), "principal": Given("certificate")},
        read=_principal,
        nothing=f"no-thing|arn:aws:iot:eu-west-3:{ACCOUNT}:cert/0",
    ),
    "iot.TopicRule": Case(
        minimal=lambda name: {
            "name": _rule_name(name),
            "enabled": True,
            "sql": "SELECT * FROM 'given/#'",
            "sqlVersion": "2016-03-23",
        },
        read=_topic_rule,
        nothing="no_rule",
    ),
}
