"""Route 53 as the simulated cloud has it."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from tests.twin.aws.extension.simulated import REGION, Clients, refusal, simulated

pytestmark = pytest.mark.api


@pytest.fixture
def clients() -> Generator[Clients]:
    with simulated("route53") as found:
        yield found


@pytest.fixture
def zone(clients: Clients) -> str:
    return _zone(clients, "first")


def _zone(clients: Clients, reference: str, vpc: str | None = None) -> str:
    vpc = vpc or clients("ec2").create_vpc(CidrBlock="10.0.0.0/24")["Vpc"]["VpcId"]
    made = clients("route53").create_hosted_zone(
        Name="city.internal", CallerReference=reference, VPC={"VPCId": vpc, "VPCRegion": REGION}
    )
    return str(made["HostedZone"]["Id"])


def _record(name: str = "portal", **others: Any) -> dict[str, Any]:
    values = [{"Value": "10.0.0.1"}]
    return {"Name": f"{name}.city.internal", "Type": "A", "TTL": 60, "ResourceRecords": values, **others}


def _change(clients: Clients, zone: str, *changes: tuple[str, dict[str, Any]]) -> Any:
    batch = [{"Action": action, "ResourceRecordSet": record} for action, record in changes]
    return clients("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": batch})


def _names(clients: Clients, zone: str) -> list[tuple[str, str | None]]:
    listed = clients("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return [(item["Name"], item.get("SetIdentifier")) for item in listed if item["Type"] not in ("NS", "SOA")]


def _alarm(clients: Clients, name: str = "lost", **others: Any) -> dict[str, str]:
    settings: dict[str, Any] = {
        "Namespace": "AWS/VPN", "MetricName": "TunnelState", "Statistic": "Minimum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "LessThanThreshold", **others,
    }  # fmt: skip
    given = {key: value for key, value in settings.items() if value is not None}
    clients("cloudwatch").put_metric_alarm(AlarmName=name, **given)
    return {"Name": name, "Region": REGION}


def _check(clients: Clients, alarm: dict[str, str], reference: str = "1", **others: Any) -> str:
    config = {"Type": "CLOUDWATCH_METRIC", "AlarmIdentifier": alarm, **others}
    made = clients("route53").create_health_check(CallerReference=reference, HealthCheckConfig=config)
    return str(made["HealthCheck"]["Id"])


def test_a_zone_with_a_vpc_is_private_and_one_of_its_name(clients: Clients) -> None:
    vpc = clients("ec2").create_vpc(CidrBlock="10.0.0.0/24")["Vpc"]["VpcId"]
    zone = _zone(clients, "1", vpc)
    found = clients("route53").get_hosted_zone(Id=zone)
    assert found["HostedZone"]["Config"]["PrivateZone"]
    assert found["VPCs"] == [{"VPCRegion": REGION, "VPCId": vpc}]
    assert refusal(lambda: _zone(clients, "2", vpc))[0] == "ConflictingDomainExists"
    assert refusal(lambda: _zone(clients, "1"))[0] == "HostedZoneAlreadyExists"
    assert refusal(lambda: _zone(clients, "3", "vpc-none"))[0] == "InvalidVPCId"


def test_a_zone_with_records_stays(clients: Clients, zone: str) -> None:
    _change(clients, zone, ("CREATE", _record()))
    assert refusal(lambda: clients("route53").delete_hosted_zone(Id=zone))[0] == "HostedZoneNotEmpty"
    _change(clients, zone, ("DELETE", _record()))
    clients("route53").delete_hosted_zone(Id=zone)


def test_what_exists_is_not_created_again(clients: Clients, zone: str) -> None:
    _change(clients, zone, ("CREATE", _record()))
    code, said = refusal(lambda: _change(clients, zone, ("CREATE", _record(TTL=300))))
    assert (code, "already exists" in said) == ("InvalidChangeBatch", True)
    assert len(_names(clients, zone)) == 1


def test_a_deletion_names_every_value(clients: Clients, zone: str) -> None:
    _change(clients, zone, ("CREATE", _record()))
    said = refusal(lambda: _change(clients, zone, ("DELETE", _record(TTL=300))))[1]
    assert "do not match the current values" in said
    assert "not found" in refusal(lambda: _change(clients, zone, ("DELETE", _record("mail"))))[1]


def test_one_of_a_set_goes_alone(clients: Clients, zone: str) -> None:
    sets = [_record(name, SetIdentifier="north", Weight=1) for name in ("portal", "mail")]
    _change(clients, zone, *(("CREATE", record) for record in sets))
    _change(clients, zone, ("DELETE", sets[0]))
    assert _names(clients, zone) == [("mail.city.internal.", "north")]


def test_a_batch_is_made_whole_or_not_at_all(clients: Clients, zone: str) -> None:
    refusal(lambda: _change(clients, zone, ("CREATE", _record()), ("DELETE", _record("mail"))))
    assert _names(clients, zone) == []


def test_a_failover_pair(clients: Clients, zone: str) -> None:
    primary = _record(SetIdentifier="north", Failover="PRIMARY")
    said = refusal(lambda: _change(clients, zone, ("CREATE", primary)))[1]
    assert "A non-alias primary ResourceRecordSet must have an associated health check" in said
    lost = {**primary, "HealthCheckId": "none"}
    assert "does not exist" in refusal(lambda: _change(clients, zone, ("CREATE", lost)))[1]
    watched = {**primary, "HealthCheckId": _check(clients, _alarm(clients))}
    _change(clients, zone, ("CREATE", watched))
    second = {**watched, "SetIdentifier": "south"}
    assert "two failover records" in refusal(lambda: _change(clients, zone, ("CREATE", second)))[1]
    _change(clients, zone, ("CREATE", _record(SetIdentifier="south", Failover="SECONDARY")))
    assert "another routing policy" in refusal(lambda: _change(clients, zone, ("CREATE", _record())))[1]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (_record(Type="CNAME", Name="city.internal"), "not permitted at apex"),
        ({"Name": "a.city.internal", "Type": "A"}, "Expected exactly one of"),
        (_record(Name="portal.other.internal"), "not permitted in zone"),
    ],
)
def test_records_aws_refuses_are_refused(clients: Clients, zone: str, record: dict[str, Any], reason: str) -> None:
    assert reason in refusal(lambda: _change(clients, zone, ("CREATE", record)))[1]


def test_a_cname_stands_alone(clients: Clients, zone: str) -> None:
    _change(clients, zone, ("CREATE", _record()))
    cname = _record(Type="CNAME", ResourceRecords=[{"Value": "mail.city.internal"}])
    assert "conflicts with other records" in refusal(lambda: _change(clients, zone, ("CREATE", cname)))[1]


def test_a_check_follows_its_alarm(clients: Clients) -> None:
    route53 = clients("route53")
    check = _check(clients, _alarm(clients), InsufficientDataHealthStatus="Unhealthy")
    config = route53.get_health_check(HealthCheckId=check)["HealthCheck"]["HealthCheckConfig"]
    assert config["AlarmIdentifier"] == {"Name": "lost", "Region": REGION}
    assert config["InsufficientDataHealthStatus"] == "Unhealthy"
    assert "Port" not in config
    for state, verdict in (("OK", "Success"), ("ALARM", "Failure"), ("INSUFFICIENT_DATA", "Failure")):
        clients("cloudwatch").set_alarm_state(AlarmName="lost", StateValue=state, StateReason="test")
        (seen,) = route53.get_health_check_status(HealthCheckId=check)["HealthCheckObservations"]
        assert seen["StatusReport"]["Status"].startswith(verdict)


def test_a_check_is_changed_at_its_version(clients: Clients) -> None:
    route53, check = clients("route53"), _check(clients, _alarm(clients))
    other = _alarm(clients, "other")
    changed = route53.update_health_check(HealthCheckId=check, HealthCheckVersion=1, AlarmIdentifier=other)
    assert changed["HealthCheck"]["HealthCheckVersion"] == 2
    assert changed["HealthCheck"]["HealthCheckConfig"]["AlarmIdentifier"] == other
    late = lambda: route53.update_health_check(HealthCheckId=check, HealthCheckVersion=1, Disabled=True)  # noqa: E731
    assert refusal(late)[0] == "HealthCheckVersionMismatch"


@pytest.mark.parametrize("settings", [{"Period": 10}, {"Statistic": None, "ExtendedStatistic": "p99"}])
def test_alarms_that_cannot_be_followed_are_refused(clients: Clients, settings: dict[str, Any]) -> None:
    alarm = _alarm(clients, **settings)
    assert refusal(lambda: _check(clients, alarm))[0] == "InvalidInput"
    assert "does not exist" in refusal(lambda: _check(clients, {"Name": "none", "Region": REGION}))[1]
