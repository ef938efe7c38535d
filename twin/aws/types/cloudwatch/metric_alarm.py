"""aws.cloudwatch.MetricAlarm, of one metric each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from providers.logic import CheckFailure, ProviderError
from twin.aws.session import Session
from twin.aws.spec import output, prop, request
from twin.aws.tags import TAGS, as_list, as_map, changed_tags, tags_record
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Record, ResourceType
from twin.framework.values import Plain

COMPARISONS: Final = (
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
)
NEEDED: Final = ("comparisonOperator", "evaluationPeriods", "metricName", "namespace", "period", "threshold")
"""Optional in the schema, for the sake of kinds of alarms that the twin does not exercise."""


def _put(call: Call[Session], inputs: Inputs) -> None:
    properties = [item for item in METRIC_ALARM.properties if item not in TAGS]
    call.world.client("cloudwatch").put_metric_alarm(**request(properties, inputs))


def _create(call: Call[Session], inputs: Inputs) -> str:
    name = str(inputs["name"])
    with call.world.turn(f"alarm {name}"):
        # The API would write over an alarm that exists.
        if _described(call, name) is not None:
            raise ProviderError(f"alarm {name} already exists")
        properties = [item for item in METRIC_ALARM.properties if item not in TAGS]
        arguments = request(properties, inputs)
        call.world.client("cloudwatch").put_metric_alarm(**arguments, Tags=as_list(inputs.get("tagsAll")))
    return name


def _described(call: Call[Session], name: str) -> dict[str, object] | None:
    listed = call.world.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return listed[0] if listed else None


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    found = _described(call, id_)
    if found is None:
        return None
    tags = call.world.client("cloudwatch").list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"]
    return {**found, **tags_record(call.world, as_map(tags), known)}


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    if changes.names - {"tags", "tagsAll"}:
        _put(call, {**changes.new, "name": id_})
    if changes.touch("tags", "tagsAll"):
        cloudwatch = call.world.client("cloudwatch")
        added, removed = changed_tags(changes.old, changes.new)
        if removed:
            cloudwatch.untag_resource(ResourceARN=changes.old["arn"], TagKeys=removed)
        if added:
            cloudwatch.tag_resource(ResourceARN=changes.old["arn"], Tags=as_list(added))


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    call.world.client("cloudwatch").delete_alarms(AlarmNames=[id_])


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return None if _described(call, inputs["name"]) is None else str(inputs["name"])


def _is_of_one_metric(inputs: Inputs) -> Iterable[CheckFailure]:
    for name in NEEDED:
        if name not in inputs:
            yield CheckFailure(name, f"`{name}` is missing: the twin exercises alarms of one metric")
    if "statistic" not in inputs and "extendedStatistic" not in inputs:
        yield CheckFailure("statistic", "one of `statistic` and `extendedStatistic` is needed")


def _named_values(dimensions: Plain) -> Plain:
    return as_list(dimensions, "Name")


def _dimensions(named: Plain) -> Plain:
    return as_map(named, "Name")


METRIC_ALARM = ResourceType[Session](
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    properties=(
        prop("name", "AlarmName", replaces=True, samples=("north-lost", "south-lost")),
        prop("alarmDescription", samples=("north", "south")),
        prop("comparisonOperator", allowed=COMPARISONS, samples=("LessThanThreshold", "GreaterThanThreshold")),
        prop("evaluationPeriods", low=1, samples=(1, 3)),
        prop("datapointsToAlarm", low=1, samples=(1, 2)),
        prop("metricName", samples=("TunnelState", "TunnelDataIn")),
        prop("namespace", samples=("AWS/VPN", "Metropole/Paths")),
        prop("period", samples=(60, 300)),
        prop(
            "statistic",
            allowed=("SampleCount", "Average", "Sum", "Minimum", "Maximum"),
            conflicts=("extendedStatistic",),
            samples=("Minimum", "Maximum"),
        ),
        prop("extendedStatistic", conflicts=("statistic",), samples=("p90", "p99")),
        prop("threshold", samples=(1, 0.5)),
        prop(
            "treatMissingData",
            default="missing",
            allowed=("missing", "ignore", "breaching", "notBreaching"),
            samples=("breaching", "missing"),
        ),
        prop("unit", samples=("Count", "Seconds")),
        prop(
            "dimensions",
            encode=_named_values,
            decode=_dimensions,
            samples=({"VpnId": "vpn-1"}, {"VpnId": "vpn-2", "Path": "ring-north"}),
        ),
        prop("actionsEnabled", default=True, samples=(True, False)),
        prop("alarmActions", unordered=True, samples=([Given("topic")], [Given("topic"), Given("other topic")])),
        prop("okActions", "OKActions", unordered=True, samples=([Given("topic")], [Given("other topic")])),
        prop("insufficientDataActions", unordered=True, samples=([Given("topic")], [Given("other topic")])),
        *TAGS,
    ),
    outputs=(output("arn", "AlarmArn"),),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name",),
    autoname="name",
    rules=(_is_of_one_metric,),
    import_syntax="the alarm's name",
)
