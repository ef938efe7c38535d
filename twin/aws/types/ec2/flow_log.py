"""aws.ec2.FlowLog: a record of what crosses a network, a subnet or a card. Nothing of it changes but its tags."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from providers.logic import CheckFailure, ProviderError
from twin.aws.ec2 import by_prefix, ec2, find_ours, record, tag_specifications, update_tags
from twin.aws.session import Session
from twin.aws.spec import output, prop, request, unless_missing
from twin.aws.tags import TAGS
from twin.framework.declaration import Call, Given, Inputs, Record, ResourceType

PLACES: Final = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}
"""Where flows are watched: exactly one of these."""
_PREFIXES: Final = {"vpc-": "vpcId", "subnet-": "subnetId", "eni-": "eniId"}


def _create(call: Call[Session], inputs: Inputs) -> str:
    (place,) = (name for name in PLACES if name in inputs)
    names = ("trafficType", "logDestinationType", "logDestination", "iamRoleArn", "logFormat", "maxAggregationInterval")
    answer: Any = ec2(call).create_flow_logs(
        ResourceIds=[inputs[place]],
        ResourceType=PLACES[place],
        **request(FLOW_LOG.properties, inputs, names),
        **tag_specifications("vpc-flow-log", inputs),
    )
    for failure in answer.get("Unsuccessful", ()):
        raise ProviderError(f"CreateFlowLogs: {failure['Error']['Code']}: {failure['Error']['Message']}")
    return str(answer["FlowLogIds"][0])


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    found = ec2(call).describe_flow_logs(FlowLogIds=[id_])["FlowLogs"]
    if not found:
        return None
    watched = found[0]["ResourceId"]
    place = next(name for prefix, name in _PREFIXES.items() if watched.startswith(prefix))
    return {**record(call, "vpc-flow-log", id_, found[0], known), place: watched}


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    unless_missing(lambda: ec2(call).delete_flow_logs(FlowLogIds=[id_]), "InvalidFlowLogId.NotFound")


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return find_ours(call, inputs, "describe_flow_logs", "FlowLogs", "FlowLogId")


def _one_place(inputs: Inputs) -> Iterable[CheckFailure]:
    given = [name for name in PLACES if name in inputs]
    if len(given) != 1:
        names = ", ".join(f"`{name}`" for name in PLACES)
        yield CheckFailure(given[0] if given else "vpcId", f"exactly one of {names} must be given, not {len(given)}")
    for name in ("trafficType", "logDestination"):
        if name not in inputs:
            yield CheckFailure(name, f"`{name}` must be specified")
    if inputs.get("logDestinationType") == "s3" and "iamRoleArn" in inputs:
        yield CheckFailure("iamRoleArn", "`iamRoleArn` is for log groups: a bucket's own policy lets flow logs in")


FLOW_LOG = ResourceType[Session](
    "aws:ec2/flowLog:FlowLog",
    properties=(
        prop("vpcId", "vpcId", replaces=True, samples=(Given("vpc"), Given("other vpc"))),
        prop("subnetId", "subnetId", replaces=True, samples=(Given("subnet"), Given("other subnet"))),
        prop("eniId", "eniId", replaces=True, samples=(Given("card"), Given("other card"))),
        prop("trafficType", allowed=("ACCEPT", "ALL", "REJECT"), replaces=True, samples=("ALL", "REJECT")),
        prop(
            "logDestinationType",
            default="cloud-watch-logs",
            allowed=("cloud-watch-logs", "s3"),
            replaces=True,
            samples=("cloud-watch-logs",),
        ),
        prop("logDestination", replaces=True, samples=(Given("flows arn"), Given("other flows arn"))),
        prop("iamRoleArn", "DeliverLogsPermissionArn", replaces=True, samples=(Given("flows role"),)),
        prop(
            "logFormat",
            computed=True,
            replaces=True,
            samples=("${srcaddr} ${dstaddr} ${action}", "${srcaddr} ${dstaddr} ${dstport} ${action}"),
        ),
        prop("maxAggregationInterval", default=600, allowed=(60, 600), replaces=True, samples=(60, 600)),
        *TAGS,
    ),
    outputs=(output("arn"),),
    create=_create,
    read=_read,
    update=update_tags,
    delete=_delete,
    locate=by_prefix("fl-"),
    identify=_identify,
    identity=("vpcId", "subnetId", "eniId", "logDestination"),
    rules=(_one_place,),
    import_syntax="fl-…",
)
