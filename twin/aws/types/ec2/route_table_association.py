"""aws.ec2.RouteTableAssociation: which table a subnet's traffic follows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from providers.logic import CheckFailure, ProviderError
from twin.aws.ec2 import ec2, every_of, nothing
from twin.aws.session import Session
from twin.aws.spec import prop, unless_missing
from twin.framework.declaration import Call, Found, Given, Inputs, Record, ResourceType


def _association(call: Call[Session], filter_: str, value: str, key: str) -> Any | None:
    """The association that has this value under `key`, and is not on its way out."""
    tables = every_of(call, "describe_route_tables", "RouteTables", {filter_: value})
    ends = (item for table in tables for item in table["Associations"])
    return next((item for item in ends if item.get(key) == value), None)


def _of_subnet(call: Call[Session], subnet: str) -> Any | None:
    return _association(call, "association.subnet-id", subnet, "SubnetId")


def _create(call: Call[Session], inputs: Inputs) -> str:
    subnet, table = inputs["subnetId"], inputs["routeTableId"]
    with call.world.turn(subnet):
        # EC2 answers a second one of the same two ends with the first one's id, which would be taking it over.
        before = _of_subnet(call, subnet)
        if before is not None:
            raise ProviderError(
                f"AssociateRouteTable: Resource.AlreadyAssociated: {subnet} already exists in the associations of "
                f"route table {before['RouteTableId']}"
            )
        return str(ec2(call).associate_route_table(SubnetId=subnet, RouteTableId=table)["AssociationId"])


def _read(call: Call[Session], id_: str, _known: Inputs) -> Record | None:
    key = "association.route-table-association-id"
    return _association(call, key, id_, "RouteTableAssociationId")


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    unless_missing(lambda: ec2(call).disassociate_route_table(AssociationId=id_), "InvalidAssociationID.NotFound")


def _locate(call: Call[Session], name: str) -> Found | None:
    subnet, _, table = name.partition("/")
    if not subnet.startswith("subnet-") or not table.startswith("rtb-"):
        return None
    found = _of_subnet(call, subnet)
    if found is None or found["RouteTableId"] != table:
        raise ProviderError(f"{subnet} is not associated with {table}: nothing to import as {name!r}")
    return Found(found["RouteTableAssociationId"])


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    found = _of_subnet(call, inputs["subnetId"])
    same = found is not None and found["RouteTableId"] == inputs["routeTableId"]
    return str(found["RouteTableAssociationId"]) if found is not None and same else None


def _has_a_subnet(inputs: Inputs) -> Iterable[CheckFailure]:
    if "subnetId" not in inputs:
        yield CheckFailure("subnetId", "`subnetId` must be specified")


ROUTE_TABLE_ASSOCIATION = ResourceType[Session](
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    properties=(
        prop("subnetId", replaces=True, samples=(Given("subnet"), Given("other subnet"))),
        # The official provider changes it in place and gets another id by that, which the engine cannot follow.
        prop("routeTableId", replaces=True, samples=(Given("route table"), Given("other route table"))),
    ),
    outputs=(),
    create=_create,
    read=_read,
    update=nothing,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("subnetId",),
    rules=(_has_a_subnet,),
    import_syntax="subnet-…/rtb-…",
)
