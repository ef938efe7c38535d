"""aws.route53.Record.

Another `type` or `setIdentifier` replaces the record, deleting first; the official provider does both in one update.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from botocore.exceptions import ClientError

from providers.logic import CheckFailure, ProviderError
from twin.aws.session import Session
from twin.aws.spec import code_of, output, parsed, prop, request, unless_missing
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Record, ResourceType
from twin.framework.values import Plain

MISSING: Final = "NoSuchHostedZone"
ROUTINGS: Final = ("failoverRoutingPolicies", "weightedRoutingPolicies")


def _normal(value: Plain) -> Plain:
    return value.rstrip(".").lower() if isinstance(value, str) else value


def _full_name(call: Call[Session], inputs: Inputs) -> str:
    """The record's name with its zone's, which may be left out."""
    zone = call.world.client("route53").get_hosted_zone(Id=inputs["zoneId"])["HostedZone"]["Name"].rstrip(".")
    name = str(_normal(inputs["name"]))
    return name if name == zone or name.endswith(f".{zone}") else f"{name}.{zone}" if name else zone


def _record_set(call: Call[Session], inputs: Inputs) -> dict[str, Any]:
    names = [item.name for item in RECORD.properties if item.name not in ("zoneId", "name")]
    return {"Name": _full_name(call, inputs), **request(RECORD.properties, inputs, names)}


def _change(call: Call[Session], zone: str, action: str, record: dict[str, Any]) -> None:
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    call.world.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)


def _create(call: Call[Session], inputs: Inputs) -> str:
    _change(call, inputs["zoneId"], "CREATE", _record_set(call, inputs))
    parts = [inputs["zoneId"], _normal(inputs["name"]), inputs["type"], inputs.get("setIdentifier")]
    return "_".join(str(part) for part in parts if part)


def _find(call: Call[Session], inputs: Inputs) -> dict[str, Any] | None:
    name = _full_name(call, inputs)
    listed = call.world.client("route53").list_resource_record_sets(
        HostedZoneId=inputs["zoneId"], StartRecordName=name, StartRecordType=inputs["type"]
    )["ResourceRecordSets"]
    wanted = (name, inputs["type"], inputs.get("setIdentifier"))
    return next(
        (item for item in listed if (_normal(item["Name"]), item["Type"], item.get("SetIdentifier")) == wanted), None
    )


def _read(call: Call[Session], _id: str, known: Inputs) -> Record | None:
    found = unless_missing(lambda: _find(call, known), MISSING)
    if found is None:
        return None
    spelt = _normal(known["name"]) == _normal(found["Name"]) or _full_name(call, known) == _normal(found["Name"])
    return {
        **found,
        "zoneId": known["zoneId"],
        "name": known["name"] if spelt else _normal(found["Name"]),
        "fqdn": _normal(found["Name"]),
    }


def _update(call: Call[Session], _id: str, changes: Changes) -> None:
    _change(call, changes.new["zoneId"], "UPSERT", _record_set(call, changes.new))


def _delete(call: Call[Session], _id: str, known: Inputs) -> None:
    try:
        found = _find(call, known)
        if found is not None:
            _change(call, known["zoneId"], "DELETE", found)
    except ClientError as error:
        if code_of(error) != MISSING:
            raise


def _locate(_call: Call[Session], name: str) -> Found | None:
    """Names may hold underscores: the type is the first part in capitals after the zone."""
    zone, *rest = name.split("_")
    for index, part in enumerate(rest):
        if index and part.isalpha() and part.isupper():
            identifier = "_".join(rest[index + 1 :])
            parts = {"zoneId": zone, "name": "_".join(rest[:index]), "type": part}
            return Found(name, {**parts, **({"setIdentifier": identifier} if identifier else {})})
    raise ProviderError(f"a record is imported as {RECORD.import_syntax}, not {name!r}")


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    found = unless_missing(lambda: _find(call, inputs), MISSING)
    if found is None:
        return None
    parts = [inputs["zoneId"], _normal(inputs["name"]), inputs["type"], inputs.get("setIdentifier")]
    return "_".join(str(part) for part in parts if part)


def _is_complete(inputs: Inputs) -> Iterable[CheckFailure]:
    if ("records" in inputs) == ("aliases" in inputs):
        yield CheckFailure("records", "exactly one of `records` and `aliases` is needed")
    if ("records" in inputs) != ("ttl" in inputs):
        yield CheckFailure("ttl", "`ttl` and `records` need each other")
    for name in ROUTINGS:
        if name in inputs and "setIdentifier" not in inputs:
            yield CheckFailure(name, f"`{name}` needs `setIdentifier`")


def _values(records: Plain) -> Plain:
    return [{"Value": value} for value in records]


def _records(values: Plain) -> Plain:
    return [item["Value"] for item in values]


def _target(aliases: Plain) -> Plain:
    """The one alias of a list, as the API has it."""
    return request(ALIAS, aliases[0])


def _aliases(target: Plain) -> Plain:
    found = parsed(ALIAS, target)
    return [{**found, "name": _normal(found["name"])}]


def _policy(name: str) -> dict[str, Any]:
    """A list of one object with one field, which is a plain value for the API."""

    def encode(value: Plain) -> Plain:
        return value[0][name]

    def decode(value: Plain) -> Plain:
        return [{name: value}]

    return {"encode": encode, "decode": decode}


ALIAS: Final = (
    prop("name", "DNSName", canonical=_normal),
    prop("zoneId", "HostedZoneId"),
    prop("evaluateTargetHealth"),
)

RECORD = ResourceType[Session](
    "aws:route53/record:Record",
    properties=(
        prop("zoneId", "zoneId", replaces=True, samples=(Given("zone"), Given("other zone"))),
        prop(
            "name", "name", replaces=True, canonical=_normal, samples=("portal.given.internal", "mail.given.internal")
        ),
        prop("type", replaces=True, samples=("A",)),
        prop("ttl", "TTL", conflicts=("aliases",), samples=(60, 300)),
        prop(
            "records",
            "ResourceRecords",
            unordered=True,
            conflicts=("aliases",),
            encode=_values,
            decode=_records,
            samples=(["10.1.0.1"], ["10.1.0.2", "10.1.0.3"]),
        ),
        prop(
            "aliases",
            "AliasTarget",
            conflicts=("records",),
            fields=ALIAS,
            encode=_target,
            decode=_aliases,
            samples=(
                [{"name": "target.given.internal", "zoneId": Given("zone"), "evaluateTargetHealth": True}],
                [{"name": "other.given.internal", "zoneId": Given("zone"), "evaluateTargetHealth": False}],
            ),
        ),
        prop("setIdentifier", replaces=True, samples=("north", "south")),
        prop("healthCheckId", samples=(Given("health check"), Given("other health check"))),
        prop(
            "failoverRoutingPolicies",
            "Failover",
            fields=(prop("type", allowed=("PRIMARY", "SECONDARY")),),
            conflicts=("weightedRoutingPolicies",),
            **_policy("type"),
            samples=([{"type": "PRIMARY"}], [{"type": "SECONDARY"}]),
        ),
        prop(
            "weightedRoutingPolicies",
            "Weight",
            fields=(prop("weight", low=0, high=255),),
            conflicts=("failoverRoutingPolicies",),
            **_policy("weight"),
            samples=([{"weight": 10}], [{"weight": 90}]),
        ),
    ),
    outputs=(output("fqdn", "fqdn"),),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("zoneId", "name", "type"),
    rules=(_is_complete,),
    import_syntax="zone id_name_TYPE, followed by _set identifier where there is one",
)
