"""Networks: what may be deleted, what a subnet may be, where a route may lead, what an access list starts with."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any, Final

from moto.ec2.models.network_acls import NetworkAclBackend
from moto.ec2.models.route_tables import Route, RouteBackend
from moto.ec2.models.subnets import SubnetBackend
from moto.ec2.models.vpcs import VPCBackend

from twin.aws.server.extension.ec2_errors import has_dependencies, refuse
from twin.aws.server.extension.patching import Patches

PATCHES: Final = Patches()

LAST_RULE: Final = 32767
"""The number EC2 gives the rule that denies what no other rule let through."""


def canonical(network: str, code: str = "InvalidParameterValue") -> str:
    """The network without host bits, as EC2 keeps what it is given."""
    try:
        return str(ipaddress.ip_network(network, strict=False))
    except ValueError:
        refuse(code, f"Value ({network}) for parameter cidrBlock is invalid. This is not a valid CIDR block.")


def same_network(what: str, id_: str, vpc_id: str, table: Any) -> None:
    """Refuse a gateway or subnet of another VPC than the route table's."""
    if table.vpc_id != vpc_id:
        refuse("InvalidParameterValue", f"route table {table.id} and {what} {id_} belong to different networks")


@PATCHES.around(VPCBackend, "create_vpc")
def _create_vpc(original: Any, self: Any, cidr_block: str, *args: Any, **kwargs: Any) -> Any:
    return original(self, canonical(cidr_block), *args, **kwargs)


@PATCHES.around(VPCBackend, "delete_vpc")
def _delete_vpc(original: Any, self: Any, vpc_id: str) -> Any:
    self.get_vpc(vpc_id)
    if any(_inhabitants(self, vpc_id)):
        has_dependencies("vpc", vpc_id)
    vpc = original(self, vpc_id)
    for table in [item for item in self.network_acls.values() if item.vpc_id == vpc_id]:
        del self.network_acls[table.id]
    return vpc


def _inhabitants(backend: Any, vpc_id: str) -> Iterator[bool]:
    """What in a VPC, besides what it was born with, keeps it from being deleted."""
    yield any(not group.is_default for group in backend.groups[vpc_id].values())
    yield any(table.vpc_id == vpc_id and not table.default for table in backend.network_acls.values())
    yield any(end.vpc_id == vpc_id and end.state != "deleted" for end in backend.vpc_end_points.values())
    yield any(gateway.vpc and gateway.vpc.id == vpc_id for gateway in backend.internet_gateways.values())
    yield any(
        held.vpc_id == vpc_id and held.state != "detached"
        for gateway in backend.vpn_gateways.values()
        for held in gateway.attachments.values()
    )


@PATCHES.around(SubnetBackend, "create_subnet")
def _create_subnet(original: Any, self: Any, vpc_id: str, cidr_block: str, *args: Any, **kwargs: Any) -> Any:
    network = canonical(cidr_block, "InvalidParameterValue") if cidr_block else cidr_block
    if network and not 16 <= int(network.rsplit("/", 1)[1]) <= 28:
        refuse("InvalidSubnet.Range", f"The CIDR '{cidr_block}' is invalid: a subnet is a /16 to a /28.")
    for index, key in ((1, "availability_zone"), (2, "availability_zone_id")):
        zone = args[index] if len(args) > index else kwargs.get(key)
        known = {name for item in self.describe_availability_zones() for name in (item.name, item.zone_id)}
        if zone and zone not in known:
            refuse("InvalidParameterValue", f"Value ({zone}) for parameter availabilityZone is invalid.")
    subnet = original(self, vpc_id, network, *args, **kwargs)
    if not self.get_vpc(vpc_id).is_default:
        # moto takes the first subnet of a zone for the default one, and hands out public addresses there.
        subnet.default_for_az = subnet.map_public_ip_on_launch = False
    return subnet


@PATCHES.around(SubnetBackend, "delete_subnet")
def _delete_subnet(original: Any, self: Any, subnet_id: str) -> Any:
    self.get_subnet(subnet_id)
    if any(card.subnet.id == subnet_id for card in self.enis.values()):
        has_dependencies("subnet", subnet_id)
    for table in self.route_tables.values():
        for id_ in [id_ for id_, end in table._associations.items() if end == subnet_id]:
            del table._associations[id_]
    for table in self.network_acls.values():
        for id_ in [id_ for id_, item in table._associations.items() if item.subnet_id == subnet_id]:
            del table._associations[id_]
    return original(self, subnet_id)


_TARGETS: Final = (
    "gateway_id", "instance_id", "nat_gateway_id", "egress_only_igw_id", "transit_gateway_id", "interface_id",
    "vpc_peering_connection_id", "carrier_gateway_id", "vpc_endpoint_id",
)  # fmt: skip


@PATCHES.around(RouteBackend, "create_route")
def _create_route(
    original: Any,
    self: Any,
    route_table_id: str,
    destination_cidr_block: str | None,
    *args: Any,
    local: bool = False,
    **kwargs: Any,
) -> Any:
    table = self.get_route_table(route_table_id)
    network = canonical(destination_cidr_block) if destination_cidr_block else None
    if not local:
        targets = [kwargs.get(name) for name in _TARGETS if kwargs.get(name)]
        if len(targets) != 1:
            refuse("MissingParameter" if not targets else "InvalidParameterCombination", "a route has one target")
        if network and any(route.destination_cidr_block == network for route in table._routes.values()):
            refuse("RouteAlreadyExists", f"The route identified by {network} already exists.")
        _check_gateway(self, table, kwargs.get("gateway_id"))
    return original(self, route_table_id, network, *args, local=local, **kwargs)


@PATCHES.around(RouteBackend, "replace_route")
def _replace_route(
    original: Any, self: Any, route_table_id: str, destination_cidr_block: str, *args: Any, **kwargs: Any
) -> Any:
    _check_gateway(self, self.get_route_table(route_table_id), kwargs.get("gateway_id"))
    return original(self, route_table_id, destination_cidr_block, *args, **kwargs)


def _check_gateway(backend: Any, table: Any, gateway_id: str | None) -> None:
    if gateway_id is None or gateway_id.startswith("vpce-"):
        return
    gateway = {**backend.vpn_gateways, **backend.internet_gateways}.get(gateway_id)
    if gateway is None or gateway.state == "deleted":
        refuse("InvalidGatewayID.NotFound", f"The gateway ID '{gateway_id}' does not exist")
    if not _attached(gateway, table.vpc_id):
        same_network("network gateway", gateway_id, "", table)


def _attached(gateway: Any, vpc_id: str) -> bool:
    if gateway.id.startswith("igw-"):
        return bool(gateway.vpc and gateway.vpc.id == vpc_id)
    held = gateway.attachments.get(vpc_id)
    return held is not None and held.state in ("attaching", "attached")


@PATCHES.around(Route, "state")
def _route_state(original: Any, self: Any) -> str:
    lost = self.gateway is not None and self.gateway_id.startswith("vgw-")
    return "blackhole" if lost and not _attached(self.gateway, self.route_table.vpc_id) else original(self)


@PATCHES.around(RouteBackend, "delete_route")
def _delete_route(
    original: Any, self: Any, route_table_id: str, destination_cidr_block: str, *args: Any, **kwargs: Any
) -> Any:
    for route in self.get_route_table(route_table_id)._routes.values():
        if route.local and route.destination_cidr_block == destination_cidr_block:
            refuse("InvalidParameterValue", f"cannot remove local route {destination_cidr_block} in {route_table_id}")
    return original(self, route_table_id, destination_cidr_block, *args, **kwargs)


@PATCHES.around(RouteBackend, "associate_route_table")
def _associate_route_table(
    original: Any, self: Any, route_table_id: str, gateway_id: str | None = None, subnet_id: str | None = None
) -> Any:
    table = self.get_route_table(route_table_id)
    if subnet_id is not None:
        same_network("subnet", subnet_id, self.get_subnet(subnet_id).vpc_id, table)
        for other in self.route_tables.values():
            if other is not table and subnet_id in other._associations.values():
                refuse("Resource.AlreadyAssociated", f"{subnet_id} is associated with route table {other.id} already")
    return original(self, route_table_id, gateway_id, subnet_id)


@PATCHES.around(NetworkAclBackend, "create_network_acl")
def _create_network_acl(original: Any, self: Any, vpc_id: str, tags: Any = None, default: bool = False) -> Any:
    table = original(self, vpc_id, tags, default)
    for egress in () if default else (True, False):
        self.create_network_acl_entry(
            table.id, LAST_RULE, "-1", "deny", egress, "0.0.0.0/0", None, None, None, None, None
        )
    return table


@PATCHES.around(NetworkAclBackend, "delete_network_acl")
def _delete_network_acl(original: Any, self: Any, network_acl_id: str) -> Any:
    if self.get_network_acl(network_acl_id).default:
        refuse("InvalidParameterValue", f"cannot delete default network ACL {network_acl_id}")
    return original(self, network_acl_id)


@PATCHES.around(NetworkAclBackend, "describe_network_acls")
def _describe_network_acls(original: Any, self: Any, network_acl_ids: Any = None, filters: Any = None) -> Any:
    for id_ in network_acl_ids or []:
        self.get_network_acl(id_)
    return original(self, network_acl_ids, filters)


@PATCHES.around(NetworkAclBackend, "delete_network_acl_entry")
def _delete_network_acl_entry(original: Any, self: Any, network_acl_id: str, rule_number: int, egress: bool) -> Any:
    entries = self.get_network_acl(network_acl_id).network_acl_entries
    if not any((entry.rule_number, entry.egress) == (rule_number, egress) for entry in entries):
        refuse("InvalidNetworkAclEntry.NotFound", f"{network_acl_id} has no entry {rule_number}")
    return original(self, network_acl_id, rule_number, egress)
