"""aws.route53.Zone."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from botocore.exceptions import ClientError

from twin.aws.session import Session
from twin.aws.spec import code_of, every, output, prop, unless_missing
from twin.aws.tags import TAGS, is_ours, tags_record
from twin.aws.types.route53.tagging import tags_of, write_tags
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Kept, Record, ResourceType

MISSING: Final = "NoSuchHostedZone"
KIND: Final = "hostedzone"
OF_THE_ZONE: Final = ("NS", "SOA")
"""Records that come and go with their zone."""


def _vpc(call: Call[Session], vpc: Inputs) -> dict[str, str]:
    return {"VPCId": vpc["vpcId"], "VPCRegion": vpc.get("vpcRegion") or call.world.region}


def _create(call: Call[Session], inputs: Inputs) -> str:
    first = [{"VPC": _vpc(call, vpc)} for vpc in inputs.get("vpcs", [])[:1]]
    made = call.world.client("route53").create_hosted_zone(
        Name=inputs["name"],
        CallerReference=str(uuid4()),
        HostedZoneConfig={"Comment": inputs["comment"]},
        **(first[0] if first else {}),
    )
    return str(made["HostedZone"]["Id"]).removeprefix("/hostedzone/")


def _settle(call: Call[Session], id_: str, inputs: Inputs) -> None:
    for vpc in inputs.get("vpcs", [])[1:]:
        call.world.client("route53").associate_vpc_with_hosted_zone(HostedZoneId=id_, VPC=_vpc(call, vpc))
    write_tags(call, KIND, id_, {}, inputs)


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    route53 = call.world.client("route53")
    found = unless_missing(lambda: route53.get_hosted_zone(Id=id_), MISSING)
    if found is None:
        return None
    zone = found["HostedZone"]
    records = every(route53, "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=id_)
    servers = [
        str(value["Value"]).rstrip(".")
        for record in records
        if record["Type"] == "NS" and record["Name"] == zone["Name"]
        for value in record["ResourceRecords"]
    ]
    return {
        "name": str(zone["Name"]).rstrip("."),
        "comment": zone["Config"].get("Comment"),
        "vpcs": [{"vpcId": item["VPCId"], "vpcRegion": item["VPCRegion"]} for item in found.get("VPCs", [])],
        "arn": f"arn:aws:route53:::hostedzone/{id_}",
        "zoneId": id_,
        "nameServers": sorted(servers),
        "primaryNameServer": servers[0] if servers else None,
        **tags_record(call.world, tags_of(call, KIND, id_), known),
    }


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    route53 = call.world.client("route53")
    if changes.touch("comment"):
        route53.update_hosted_zone_comment(Id=id_, Comment=changes.new["comment"])
    if changes.touch("vpcs"):
        before = [_vpc(call, vpc) for vpc in changes.old.get("vpcs") or []]
        after = [_vpc(call, vpc) for vpc in changes.new.get("vpcs") or []]
        # First the new ones: the last VPC of a private zone cannot leave it.
        for vpc in after:
            if vpc not in before:
                route53.associate_vpc_with_hosted_zone(HostedZoneId=id_, VPC=vpc)
        for vpc in before:
            if vpc not in after:
                route53.disassociate_vpc_from_hosted_zone(HostedZoneId=id_, VPC=vpc)
    write_tags(call, KIND, id_, changes.old, changes.new)


def _delete(call: Call[Session], id_: str, known: Inputs) -> None:
    route53 = call.world.client("route53")
    try:
        if known.get("forceDestroy"):
            _empty(route53, id_)
        route53.delete_hosted_zone(Id=id_)
    except ClientError as error:
        if code_of(error) != MISSING:
            raise


def _empty(route53: Any, id_: str) -> None:
    records = every(route53, "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=id_)
    changes = [
        {"Action": "DELETE", "ResourceRecordSet": record} for record in records if record["Type"] not in OF_THE_ZONE
    ]
    if changes:
        route53.change_resource_record_sets(HostedZoneId=id_, ChangeBatch={"Changes": changes})


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    """By tags, among the zones of that name: names of zones may repeat."""
    name = f"{str(inputs['name']).rstrip('.')}."
    for zone in every(call.world.client("route53"), "list_hosted_zones", "HostedZones"):
        id_ = str(zone["Id"]).removeprefix("/hostedzone/")
        if zone["Name"] == name and is_ours(tags_of(call, KIND, id_), inputs):
            return id_
    return None


def _without_dot(value: Any) -> Any:
    return value.rstrip(".").lower() if isinstance(value, str) else value


ZONE = ResourceType[Session](
    "aws:route53/zone:Zone",
    properties=(
        prop("name", "name", replaces=True, canonical=_without_dot, samples=("north.internal", "south.internal")),
        prop("comment", "comment", default="Managed by Pulumi", samples=("north", "south")),
        prop(
            "vpcs",
            "vpcs",
            unordered=True,
            fields=(prop("vpcId", "vpcId"), prop("vpcRegion", "vpcRegion", computed=True)),
            samples=(
                [{"vpcId": Given("zone vpc"), "vpcRegion": "eu-west-3"}],
                [
                    {"vpcId": Given("zone vpc"), "vpcRegion": "eu-west-3"},
                    {"vpcId": Given("other zone vpc"), "vpcRegion": "eu-west-3"},
                ],
                [{"vpcId": Given("other zone vpc"), "vpcRegion": "eu-west-3"}],
            ),
        ),
        prop("forceDestroy", "", kept=Kept.STATE, default=False, samples=(True,)),
        *TAGS,
    ),
    outputs=(
        output("arn", "arn"),
        output("zoneId", "zoneId"),
        output("nameServers", "nameServers"),
        output("primaryNameServer", "primaryNameServer"),
    ),
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    autoname="name",
    import_syntax="the zone's id",
)
