"""Route 53 records as moto lacks them.

| AWS | moto 5.2.5 | here |
|---|---|---|
| a batch of changes is made as a whole or not at all | up to the first mistake | as a whole |
| creating what exists is refused | a second record appears | InvalidChangeBatch |
| deleting needs every value as it is | compared with earlier requests | compared with the record |
| deleting one of a set | all records of that identifier in the zone go | only that name and type |
| a primary of a failover pair that is no alias has a health check, which exists | unseen | InvalidChangeBatch |
| one primary and one secondary a name; plain and routed records do not mix | unseen | InvalidChangeBatch |
| a CNAME stands alone and not at the top of its zone | unseen | InvalidChangeBatch |
| a record is an alias, or has a TTL and values | unseen | InvalidInput |

Not mended: changes are INSYNC at once; the syntax of values; nobody answers queries.
"""

from __future__ import annotations

from typing import Any

from moto.route53.exceptions import DnsNameInvalidForZone, InvalidInput, Route53ClientError
from moto.route53.models import FakeZone, RecordSet, Route53Backend
from moto.route53.utils import validate_domain_name

from twin.aws.server.extension.patching import replace

COMPARED = ("TTL", "Weight", "Region", "HealthCheckId", "Failover", "GeoLocation", "MultiValueAnswer", "AliasTarget")
ATTRIBUTES = {
    "TTL": "ttl",
    "Weight": "weight",
    "Region": "region",
    "HealthCheckId": "health_check_id",
    "Failover": "failover",
    "GeoLocation": "geo_location",
    "MultiValueAnswer": "multi_value_answer",
    "AliasTarget": "alias_target",
}


class ChangeError(Route53ClientError):
    """A batch that was not made."""

    def __init__(self, reason: str) -> None:
        super().__init__("InvalidChangeBatch", f"[{reason}]")


def change_resource_record_sets(self: Route53Backend, zoneid: str, change_list: list[dict[str, Any]]) -> None:
    """ChangeResourceRecordSets."""
    zone = self.get_hosted_zone(zoneid)
    before = list(zone.rrsets)
    try:
        for change in change_list:
            _make(self, zone, change["Action"], _normal(zone, change["ResourceRecordSet"]))
        for name, kind in {(str(item.name), str(item.type)) for item in zone.rrsets}:
            _check_company(zone, name, kind)
    except Route53ClientError:
        zone.rrsets = before
        raise


def _normal(zone: FakeZone, asked: dict[str, Any]) -> dict[str, Any]:
    """The record with a dot at the end of its lower-case name, and plain values."""
    name = asked["Name"].lower().rstrip(".") + "."
    validate_domain_name(name, code="InvalidChangeBatch")
    if name != zone.name and not name.endswith(f".{zone.name}"):
        raise DnsNameInvalidForZone(name=name, zone_name=zone.name)
    if bool(asked.get("AliasTarget")) == bool(asked.get("TTL") is not None and asked.get("ResourceRecords")):
        raise InvalidInput(
            "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or "
            f"TrafficPolicyInstanceId] in Change with [Name={name}, Type={asked['Type']}]"
        )
    values = [item["Value"] for item in asked.get("ResourceRecords") or []]
    return {**asked, "Name": name, "ResourceRecords": values}


def _same(record: RecordSet, asked: dict[str, Any]) -> bool:
    """Whether it is the same one of the same set."""
    return (record.name, record.type, record.set_identifier) == (
        asked["Name"],
        asked["Type"],
        asked.get("SetIdentifier"),
    )


def _label(asked: dict[str, Any]) -> str:
    which = f", set identifier='{asked['SetIdentifier']}'" if asked.get("SetIdentifier") else ""
    return f"[name='{asked['Name']}', type='{asked['Type']}'{which}]"


def _make(backend: Route53Backend, zone: FakeZone, action: str, asked: dict[str, Any]) -> None:
    found = next((item for item in zone.rrsets if _same(item, asked)), None)
    if action == "DELETE":
        if found is None or not _equal(found, asked):
            missing = "it was not found" if found is None else "the values provided do not match the current values"
            raise ChangeError(f"Tried to delete resource record set {_label(asked)} but {missing}")
        zone.rrsets = [item for item in zone.rrsets if item is not found]
        return
    if action == "CREATE" and found is not None:
        raise ChangeError(f"Tried to create resource record set {_label(asked)} but it already exists")
    _check_record(backend, zone, asked)
    zone.rrsets = [item for item in zone.rrsets if item is not found]
    zone.add_rrset(asked)


def _equal(record: RecordSet, asked: dict[str, Any]) -> bool:
    plain = all(str(getattr(record, ATTRIBUTES[key]) or "") == str(asked.get(key) or "") for key in COMPARED)
    return plain and sorted(record.records) == sorted(asked["ResourceRecords"])


def _check_record(backend: Route53Backend, zone: FakeZone, asked: dict[str, Any]) -> None:
    check = asked.get("HealthCheckId")
    if check and check not in backend.health_checks:
        raise ChangeError(f"A health check with id {check} does not exist.")
    if asked.get("Failover") == "PRIMARY" and not check and not asked.get("AliasTarget"):
        raise ChangeError("A non-alias primary ResourceRecordSet must have an associated health check.")
    if asked.get("Failover") and not asked.get("SetIdentifier"):
        raise InvalidInput("Invalid request: Missing field 'SetIdentifier' in Change")
    if asked["Type"] == "CNAME" and asked["Name"] == zone.name:
        raise ChangeError(f"RRSet of type CNAME with DNS name {zone.name} is not permitted at apex in zone {zone.name}")


def _check_company(zone: FakeZone, name: str, kind: str) -> None:
    """Refuse records of one name that cannot stand beside each other."""
    kinds = {item.type for item in zone.rrsets if item.name == name}
    if "CNAME" in kinds and len(kinds) > 1:
        raise ChangeError(f"RRSet of type CNAME with DNS name {name} conflicts with other records with the same name")
    company = [item for item in zone.rrsets if item.name == name and item.type == kind]
    routed = [item for item in company if item.set_identifier]
    if routed and len(routed) != len(company):
        raise ChangeError(
            f"RRSet with DNS name {name}, type {kind} cannot be created as other RRSets exist with the same name and "
            "type and another routing policy"
        )
    roles = [item.failover for item in routed if item.failover]
    if len(roles) != len(set(roles)):
        raise ChangeError(f"RRSet with DNS name {name}, type {kind} has two failover records of one kind")


def extend() -> None:
    """Change moto's backend in place."""
    replace(Route53Backend, change_resource_record_sets)
