"""Route 53 as moto lacks it: zones and health checks. Records are in `route53_records`.

| AWS | moto 5.2.5 | here |
|---|---|---|
| a zone created with a VPC is private | only if `PrivateZone` is said too | private |
| the VPC exists; two private zones of a VPC differ in name | unseen | InvalidVPCId, ConflictingDomainExists |
| a zone's creation with a caller reference that was used is refused | passes | HostedZoneAlreadyExists |
| a private zone is deleted only without records | kept | kept |
| a health check follows a CloudWatch alarm, which exists | alarm dropped | kept, InvalidInput |
| alarms with percentiles, metric math or periods under a minute cannot be followed | unseen | InvalidInput |
| such a check has no port, no interval, no checkers | port 80 and others | none |
| each change of a check counts its version up; a version that is not current is refused | 1 for ever | as AWS |
| the status of such a check follows the alarm | always a success from us-east-1 | as AWS |

Not mended: name servers answer nothing, DNSSEC, traffic policies, query logs, checks of endpoints.
"""

from __future__ import annotations

from typing import Any

from moto.cloudwatch.models import Alarm, cloudwatch_backends
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.route53.exceptions import InvalidInput, InvalidVPCId, NoSuchHealthCheck, Route53ClientError
from moto.route53.models import FakeZone, HealthCheck, Route53Backend
from moto.route53.responses import Route53

from twin.aws.server.extension import route53_records
from twin.aws.server.extension.patching import parameter, replace

ADDS = (
    "a zone created with a VPC is private; the VPC has to exist",
    "health checks that follow a CloudWatch alarm",
    "batches of record changes are made as a whole, compared with what is there",
    "failover pairs: a primary has a health check, there is one of each kind",
)
BY_ALARM = "CLOUDWATCH_METRIC"
OF_CHECKERS = ("Port", "RequestInterval", "FailureThreshold", "MeasureLatency", "EnableSNI", "IPAddress")

_answer_create_zone = Route53.create_hosted_zone
_create_hosted_zone = Route53Backend.create_hosted_zone
_create_health_check = Route53.create_health_check
_update_health_check = Route53.update_health_check
_status = Route53.get_health_check_status
_config = HealthCheck.health_check_config


def create_hosted_zone_answer(self: Route53) -> ActionResult:
    """CreateHostedZone: a VPC makes it private."""
    if parameter(self, "VPC.VPCId"):
        self.params.setdefault("HostedZoneConfig", {})["PrivateZone"] = True
    return _answer_create_zone(self)


def create_hosted_zone(
    self: Route53Backend,
    name: str,
    private_zone: bool,
    caller_reference: str | None = None,
    vpcid: str | None = None,
    vpcregion: str | None = None,
    comment: str | None = None,
    delegation_set_id: str | None = None,
) -> FakeZone:
    """CreateHostedZone."""
    if any(zone.caller_reference == caller_reference for zone in self.zones.values()):
        raise Route53ClientError("HostedZoneAlreadyExists", f"A hosted zone was created with {caller_reference!r}")
    if private_zone:
        check_vpc(self, name, vpcid, vpcregion)
    return _create_hosted_zone(self, name, private_zone, caller_reference, vpcid, vpcregion, comment, delegation_set_id)


def check_vpc(backend: Route53Backend, name: str, vpc: str | None, region: str | None) -> None:
    """Refuse a VPC that does not exist, or that has a zone of that name."""
    if not vpc or not region or vpc not in ec2_backends[backend.account_id][region].vpcs:
        raise InvalidVPCId
    for zone in backend.zones.values():
        if zone.name == name and any(item.get("vpc_id") == vpc for item in zone.vpcs):
            raise Route53ClientError(
                "ConflictingDomainExists",
                f"The VPC {vpc} in region {region} has already been associated with the hosted zone "
                f"{zone.resource_id} with the same domain name.",
            )


def associate_vpc_with_hosted_zone(self: Route53Backend, zone_id: str, vpcid: str, vpcregion: str) -> FakeZone:
    """AssociateVPCWithHostedZone."""
    zone = self.get_hosted_zone(zone_id)
    if not zone.private_zone:
        raise Route53ClientError("PublicZoneVPCAssociation", "A public hosted zone cannot have a VPC")
    check_vpc(self, zone.name, vpcid, vpcregion)
    zone.add_vpc(vpcid, vpcregion)
    return zone


def _alarm(account: str, identifier: dict[str, str]) -> Alarm:
    """The alarm to follow, if it is of a kind that can be followed."""
    name, region = identifier["Name"], identifier["Region"]
    alarm = cloudwatch_backends[account][region].alarms.get(name)
    if alarm is None:
        raise InvalidInput(f"The CloudWatch alarm {name!r} does not exist in region {region}")
    if alarm.metric_data_queries or alarm.extended_statistic or int(alarm.period or 0) < 60:
        raise InvalidInput(
            f"The CloudWatch alarm {name!r} cannot be monitored: Route 53 supports standard-resolution metrics with "
            "a period of at least 60 seconds and a simple statistic, no metric math"
        )
    return alarm


def create_health_check(self: Route53) -> ActionResult:
    """CreateHealthCheck."""
    config = parameter(self, "HealthCheckConfig")
    if config["Type"] == BY_ALARM:
        if "AlarmIdentifier" not in config:
            raise InvalidInput(f"A health check of type {BY_ALARM} needs an AlarmIdentifier")
        _alarm(self.current_account, config["AlarmIdentifier"])
    answer = _create_health_check(self)
    check = answer.result["HealthCheck"]  # pyright: ignore[reportIndexIssue]
    if config["Type"] == BY_ALARM:
        check.alarm_identifier = config["AlarmIdentifier"]
        check.insufficient_data = config.get("InsufficientDataHealthStatus") or "LastKnownStatus"
    return answer


def update_health_check(self: Route53) -> ActionResult:
    """UpdateHealthCheck."""
    id_ = parameter(self, "HealthCheckId")
    check: Any = self.backend.health_checks.get(id_)
    if check is None:
        raise NoSuchHealthCheck(id_)
    version = parameter(self, "HealthCheckVersion")
    if version is not None and int(version) != check.health_check_version:
        raise Route53ClientError("HealthCheckVersionMismatch", f"The current version is {check.health_check_version}")
    alarm = parameter(self, "AlarmIdentifier")
    if alarm is not None:
        _alarm(self.current_account, alarm)
        check.alarm_identifier = alarm
    check.insufficient_data = parameter(self, "InsufficientDataHealthStatus") or getattr(
        check, "insufficient_data", None
    )
    check.health_check_version += 1
    return _update_health_check(self)


def health_check_config(self: HealthCheck) -> dict[str, Any]:
    """A check as Route 53 tells it."""
    config = _config.fget(self)  # type: ignore[misc]
    if self.type_ != BY_ALARM:
        return config
    kept = {key: value for key, value in config.items() if key not in OF_CHECKERS}
    mine: Any = self
    return {**kept, "AlarmIdentifier": mine.alarm_identifier, "InsufficientDataHealthStatus": mine.insufficient_data}


def get_health_check_status(self: Route53) -> ActionResult:
    """GetHealthCheckStatus: of a check that follows an alarm, what the alarm says."""
    check: Any = self.backend.get_health_check(parameter(self, "HealthCheckId"))
    if check.type_ != BY_ALARM:
        return _status(self)
    alarm = _alarm(self.current_account, check.alarm_identifier)
    failed = alarm.state_value == "ALARM" or (
        alarm.state_value == "INSUFFICIENT_DATA" and check.insufficient_data == "Unhealthy"
    )
    verdict = "Failure" if failed != check.inverted else "Success"
    report = {"Status": f"{verdict}: CloudWatch alarm {alarm.name} is {alarm.state_value}", "CheckedTime": utcnow()}
    region = check.alarm_identifier["Region"]
    return ActionResult({"HealthCheckObservations": [{"Region": region, "StatusReport": report}]})


def extend() -> None:
    """Change moto's backend in place."""
    Route53.create_hosted_zone = create_hosted_zone_answer
    HealthCheck.health_check_config = property(health_check_config)  # type: ignore[assignment,method-assign]
    replace(Route53Backend, create_hosted_zone, associate_vpc_with_hosted_zone)
    replace(Route53, create_health_check, update_health_check, get_health_check_status)
    route53_records.extend()
