"""aws.iot.Policy."""

from __future__ import annotations

from botocore.exceptions import ClientError

from twin.aws.documents import policy
from twin.aws.session import Session
from twin.aws.spec import code_of, every, output, prop, request, unless_missing
from twin.aws.tags import TAGS, as_list
from twin.aws.types.iot.tagging import MISSING, tags_of, update_tags
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Record, ResourceType


def _create(call: Call[Session], inputs: Inputs) -> str:
    arguments = request(POLICY.properties, inputs, ("name", "policy"))
    made = call.world.client("iot").create_policy(**arguments, tags=as_list(inputs.get("tagsAll")))
    return str(made["policyName"])


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    found = unless_missing(lambda: call.world.client("iot").get_policy(policyName=id_), MISSING)
    return None if found is None else {**found, **tags_of(call, found["policyArn"], known)}


def _older_versions(call: Call[Session], id_: str) -> list[str]:
    """Versions that are not in force, oldest first."""
    listed = every(call.world.client("iot"), "list_policy_versions", "policyVersions", policyName=id_)
    return sorted((item["versionId"] for item in listed if not item["isDefaultVersion"]), key=int)


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    iot = call.world.client("iot")
    if changes.touch("policy"):
        version = {"policyName": id_, "policyDocument": changes.new["policy"], "setAsDefault": True}
        try:
            iot.create_policy_version(**version)
        except ClientError as error:
            if code_of(error) != "VersionsLimitExceededException":
                raise
            iot.delete_policy_version(policyName=id_, policyVersionId=_older_versions(call, id_)[0])
            iot.create_policy_version(**version)
    update_tags(call, changes.old["arn"], changes)


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    iot = call.world.client("iot")
    for version in unless_missing(lambda: _older_versions(call, id_), MISSING) or []:
        iot.delete_policy_version(policyName=id_, policyVersionId=version)
    unless_missing(lambda: iot.delete_policy(policyName=id_), MISSING)


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return None if _read(call, inputs["name"], {}) is None else str(inputs["name"])


POLICY = ResourceType[Session](
    "aws:iot/policy:Policy",
    properties=(
        prop("name", "policyName", replaces=True, samples=("lamp-posts", "gateways")),
        policy("policy", "policyDocument", samples=(Given("iot document"), Given("other iot document"))),
        *TAGS,
    ),
    outputs=(output("arn", "policyArn"), output("defaultVersionId", "defaultVersionId", volatile=True)),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name",),
    autoname="name",
    import_syntax="the policy's name",
)
