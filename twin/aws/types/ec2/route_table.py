"""aws.ec2.RouteTable. Its routes and propagation are resources of their own: in one place, never in two."""

from __future__ import annotations

from twin.aws.ec2 import by_prefix, ec2, find_ours, one, record, tag_specifications, update_tags
from twin.aws.session import Session
from twin.aws.spec import output, prop, unless_missing
from twin.aws.tags import TAGS
from twin.framework.declaration import Call, Given, Inputs, Record, ResourceType


def _create(call: Call[Session], inputs: Inputs) -> str:
    made = ec2(call).create_route_table(VpcId=inputs["vpcId"], **tag_specifications("route-table", inputs))
    return str(made["RouteTable"]["RouteTableId"])


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    found = one(call, "describe_route_tables", "RouteTables", "RouteTableIds", id_, "InvalidRouteTableID.NotFound")
    return None if found is None else record(call, "route-table", id_, found, known)


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    unless_missing(lambda: ec2(call).delete_route_table(RouteTableId=id_), "InvalidRouteTableID.NotFound")


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return find_ours(call, inputs, "describe_route_tables", "RouteTables", "RouteTableId")


ROUTE_TABLE = ResourceType[Session](
    "aws:ec2/routeTable:RouteTable",
    properties=(prop("vpcId", replaces=True, samples=(Given("vpc"), Given("other vpc"))), *TAGS),
    outputs=(output("arn"), output("ownerId")),
    create=_create,
    read=_read,
    update=update_tags,
    delete=_delete,
    locate=by_prefix("rtb-"),
    identify=_identify,
    import_syntax="rtb-…",
)
