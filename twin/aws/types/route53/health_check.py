"""aws.route53.HealthCheck, of the kind that follows a CloudWatch alarm: no checker reaches a private address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from uuid import uuid4

from providers.logic import CheckFailure
from twin.aws.session import Session
from twin.aws.spec import every, output, prop, request, unless_missing
from twin.aws.tags import TAGS, is_ours, tags_record
from twin.aws.types.route53.tagging import tags_of, write_tags
from twin.framework.check import known as is_known
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Record, ResourceType

MISSING: Final = "NoSuchHealthCheck"
KIND: Final = "healthcheck"
BY_ALARM: Final = "CLOUDWATCH_METRIC"
CHANGEABLE: Final = (
    "cloudwatchAlarmName",
    "cloudwatchAlarmRegion",
    "insufficientDataHealthStatus",
    "invertHealthcheck",
    "disabled",
)


def _create(call: Call[Session], inputs: Inputs) -> str:
    config = request(HEALTH_CHECK.properties, inputs, ("type", *CHANGEABLE))
    made = call.world.client("route53").create_health_check(CallerReference=str(uuid4()), HealthCheckConfig=config)
    return str(made["HealthCheck"]["Id"])


def _settle(call: Call[Session], id_: str, inputs: Inputs) -> None:
    write_tags(call, KIND, id_, {}, inputs)


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    found = unless_missing(lambda: call.world.client("route53").get_health_check(HealthCheckId=id_), MISSING)
    if found is None:
        return None
    return {
        **found["HealthCheck"]["HealthCheckConfig"],
        "arn": f"arn:aws:route53:::healthcheck/{id_}",
        **tags_record(call.world, tags_of(call, KIND, id_), known),
    }


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    if changes.touch(*CHANGEABLE):
        asked: dict[str, Any] = {"Inverted": False, **request(HEALTH_CHECK.properties, changes.new, CHANGEABLE)}
        call.world.client("route53").update_health_check(HealthCheckId=id_, **asked)
    write_tags(call, KIND, id_, changes.old, changes.new)


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    unless_missing(lambda: call.world.client("route53").delete_health_check(HealthCheckId=id_), MISSING)


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    for check in every(call.world.client("route53"), "list_health_checks", "HealthChecks"):
        if is_ours(tags_of(call, KIND, check["Id"]), inputs):
            return str(check["Id"])
    return None


def _follows_an_alarm(inputs: Inputs) -> Iterable[CheckFailure]:
    if is_known(inputs, "type") and inputs["type"] != BY_ALARM:
        yield CheckFailure("type", f"the twin exercises health checks of type {BY_ALARM} only")
    for name in ("cloudwatchAlarmName", "cloudwatchAlarmRegion"):
        if name not in inputs:
            yield CheckFailure(name, f"a health check of type {BY_ALARM} needs `{name}`")


HEALTH_CHECK = ResourceType[Session](
    "aws:route53/healthCheck:HealthCheck",
    properties=(
        prop("type", replaces=True, samples=(BY_ALARM,)),
        prop("cloudwatchAlarmName", "AlarmIdentifier.Name", samples=(Given("alarm"), Given("other alarm"))),
        prop("cloudwatchAlarmRegion", "AlarmIdentifier.Region", samples=("eu-west-3",)),
        prop(
            "insufficientDataHealthStatus",
            computed=True,
            allowed=("Healthy", "Unhealthy", "LastKnownStatus"),
            samples=("Unhealthy", "LastKnownStatus"),
        ),
        prop("invertHealthcheck", "Inverted", samples=(True, False)),
        prop("disabled", default=False, samples=(False, True)),
        *TAGS,
    ),
    outputs=(output("arn", "arn"),),
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    rules=(_follows_an_alarm,),
    import_syntax="the check's id",
)
