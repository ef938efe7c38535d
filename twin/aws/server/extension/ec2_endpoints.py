"""Endpoints of AWS services inside a VPC, and flow logs."""

from __future__ import annotations

from typing import Any, Final

from moto.ec2.models.flow_logs import FlowLogsBackend
from moto.ec2.models.vpcs import VPCBackend
from moto.ec2.responses.vpcs import VPCs

from twin.aws.server.extension.ec2_errors import not_kept, refuse
from twin.aws.server.extension.eventual import begin, look, settled
from twin.aws.server.extension.patching import Patches

PATCHES: Final = Patches()


def _check_members(backend: Any, endpoint_vpc: str, tables: Any, subnets: Any, groups: Any) -> None:
    for id_ in tables or ():
        if backend.get_route_table(id_).vpc_id != endpoint_vpc:
            refuse("InvalidParameter", f"Route table {id_} belongs to another network")
    for id_ in subnets or ():
        if backend.get_subnet(id_).vpc_id != endpoint_vpc:
            refuse("InvalidParameter", f"Subnet {id_} belongs to another network")
    for id_ in groups or ():
        if backend.get_security_group_from_id(id_) is None:
            refuse("InvalidGroup.NotFound", f"The security group '{id_}' does not exist")


@PATCHES.around(VPCs, "create_vpc_endpoint")
def _answer_create(original: Any, self: Any) -> Any:
    for name in ("DnsOptions", "SubnetConfigurations", "ServiceRegion", "ResourceConfigurationArn"):
        if self._get_param(name):
            not_kept(name)
    if self._get_param("IpAddressType") not in (None, "ipv4"):
        not_kept("IpAddressType other than ipv4")
    if self._get_param("PrivateDnsEnabled") and self._get_param("VpcEndpointType") != "Interface":
        refuse("InvalidParameter", "private DNS names are for Interface endpoints")
    return original(self)


@PATCHES.around(VPCBackend, "create_vpc_endpoint")
def _create_vpc_endpoint(original: Any, self: Any, vpc_id: str, service_name: str, **kwargs: Any) -> Any:
    kind = kwargs.get("endpoint_type") or "Gateway"
    offered = self._collect_default_endpoint_services(self.account_id, self.region_name)
    kinds = {
        item["ServiceType"]
        for service in offered
        if service["ServiceName"] == service_name
        for item in service["ServiceType"]
    }
    if kind not in kinds:
        refuse("InvalidServiceName", f"The Vpc Endpoint Service '{service_name}' does not exist as {kind}")
    tables, subnets = kwargs.get("route_table_ids") or [], kwargs.pop("subnet_ids", None) or []
    groups = kwargs.pop("security_group_ids", None) or []
    _check_members(self, self.get_vpc(vpc_id).id, tables, subnets, groups)
    private = kind == "Interface" and kwargs.pop("private_dns_enabled", True) is not False
    if kind == "Gateway":
        if subnets or groups:
            refuse("InvalidParameter", "a Gateway endpoint has route tables, not subnets or groups")
        if any(_same(other, vpc_id, service_name, tables) for other in self.vpc_end_points.values()):
            refuse("RouteAlreadyExists", f"route table has a route to {service_name} already")
    elif tables:
        refuse("InvalidParameter", "an Interface endpoint has subnets, not route tables")
    if private:
        _check_private_names(self, vpc_id, service_name)
    if kind == "Interface" and not groups:
        groups = [self.get_default_security_group(vpc_id).id]
    # moto is told of no subnets, so that the cards are made here, with addresses of theirs and the groups.
    endpoint = original(
        self,
        vpc_id=vpc_id,
        service_name=service_name,
        **{**kwargs, "endpoint_type": kind, "route_table_ids": list(tables), "private_dns_enabled": private},
        subnet_ids=[],
        security_group_ids=list(groups),
    )
    for subnet in subnets:
        _join(self, endpoint, subnet)
    for entry in endpoint.dns_entries:
        label = entry["dns_name"].split(".", 1)[0]
        entry["dns_name"] = f"{label}.{service_name.rsplit('.', 1)[-1]}.{self.region_name}.vpce.amazonaws.com"
    begin(endpoint, "pending", "available")
    return endpoint


def _same(other: Any, vpc_id: str, service_name: str, tables: list[str]) -> bool:
    here = other.state != "deleted" and (other.vpc_id, other.service_name) == (vpc_id, service_name)
    return here and not set(tables).isdisjoint(other.route_table_ids)


def _check_private_names(backend: Any, vpc_id: str, service_name: str) -> None:
    vpc = backend.get_vpc(vpc_id)
    if not (vpc.enable_dns_support and vpc.enable_dns_hostnames):
        refuse(
            "InvalidParameter",
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true",
        )
    for other in backend.vpc_end_points.values():
        named = other.private_dns_enabled and other.state != "deleted"
        if named and (other.vpc_id, other.service_name) == (vpc_id, service_name):
            refuse("InvalidParameter", f"private-dns-enabled cannot be set: {other.id} of {vpc_id} has that name")


def _join(backend: Any, endpoint: Any, subnet_id: str) -> None:
    address = backend.get_subnet(subnet_id).get_available_subnet_ip(endpoint)
    card = backend.create_network_interface(
        subnet_id, address, group_ids=endpoint.security_group_ids, description=f"VPC Endpoint Interface {endpoint.id}"
    )
    card.requester_managed = True
    endpoint.subnet_ids.append(subnet_id)
    endpoint.network_interface_ids.append(card.id)


def _leave(backend: Any, endpoint: Any, subnet_id: str) -> None:
    endpoint.subnet_ids.remove(subnet_id)
    for id_ in list(endpoint.network_interface_ids):
        if backend.enis[id_].subnet.id == subnet_id:
            endpoint.network_interface_ids.remove(id_)
            backend.enis[id_].delete()


@PATCHES.around(VPCs, "modify_vpc_endpoint")
def _answer_modify(original: Any, self: Any) -> Any:
    for name in ("DnsOptions", "SubnetConfigurations", "ResetPolicy", "IpAddressType"):
        if self._get_param(name):
            not_kept(name)
    wanted = self._get_param("PrivateDnsEnabled")
    (endpoint,) = self.ec2_backend.describe_vpc_endpoints([self._get_param("VpcEndpointId")])
    if wanted and not endpoint.private_dns_enabled:
        _check_private_names(self.ec2_backend, endpoint.vpc_id, endpoint.service_name)
    answer = original(self)
    if wanted is not None:
        endpoint.private_dns_enabled = wanted
    return answer


@PATCHES.around(VPCBackend, "modify_vpc_endpoint")
def _modify_vpc_endpoint(original: Any, self: Any, vpc_id: str, policy_doc: Any, **kwargs: Any) -> None:
    (endpoint,) = self.describe_vpc_endpoints([vpc_id])
    more_tables = [id_ for id_ in kwargs.get("add_route_tables") or () if id_ not in endpoint.route_table_ids]
    fewer_tables = [id_ for id_ in kwargs.get("remove_route_tables") or () if id_ in endpoint.route_table_ids]
    more_subnets, fewer_subnets = kwargs.pop("add_subnets", None), kwargs.pop("remove_subnets", None)
    _check_members(self, endpoint.vpc_id, more_tables, more_subnets, kwargs.get("add_security_groups"))
    original(self, vpc_id, policy_doc, None, None, **kwargs)
    prefix = endpoint.destination_prefix_list_id
    for id_ in more_tables if prefix else ():
        self.create_route(id_, None, gateway_id=endpoint.id, destination_prefix_list_id=prefix)
    for id_ in fewer_tables if prefix else ():
        self.delete_route(id_, None, destination_prefix_list_id=prefix)
    for id_ in more_subnets or ():
        if id_ not in endpoint.subnet_ids:
            _join(self, endpoint, id_)
    for id_ in fewer_subnets or ():
        if id_ in endpoint.subnet_ids:
            _leave(self, endpoint, id_)
    for id_ in endpoint.network_interface_ids:
        self.enis[id_]._group_set = [self.get_security_group_from_id(group) for group in endpoint.security_group_ids]
    begin(endpoint, "pending", "available")


@PATCHES.method(VPCBackend, "delete_vpc_endpoints")
def _delete_vpc_endpoints(self: Any, vpce_ids: Any = None) -> None:
    for endpoint in self.describe_vpc_endpoints(list(vpce_ids or [])):
        for subnet in list(endpoint.subnet_ids):
            _leave(self, endpoint, subnet)
        prefix = endpoint.destination_prefix_list_id
        for table in endpoint.route_table_ids if prefix else ():
            if table in self.route_tables:
                self.delete_route(table, None, destination_prefix_list_id=prefix)
        begin(endpoint, "deleting", "deleted")


@PATCHES.around(VPCBackend, "describe_vpc_endpoints")
def _describe_vpc_endpoints(original: Any, self: Any, vpc_end_point_ids: Any, filters: Any = None) -> Any:
    # One that was deleted is not listed for long.
    for id_ in [id_ for id_, item in self.vpc_end_points.items() if item.state == "deleted" and settled(item)]:
        del self.vpc_end_points[id_]
    return original(self, vpc_end_point_ids, filters)


@PATCHES.around(VPCs, "describe_vpc_endpoints")
def _answer_endpoints(original: Any, self: Any) -> Any:
    wanted = self._get_param("VpcEndpointIds", [])
    look(item for item in self.ec2_backend.vpc_end_points.values() if not wanted or item.id in wanted)
    return original(self)


@PATCHES.around(FlowLogsBackend, "create_flow_logs")
def _create_flow_logs(original: Any, self: Any, **kwargs: Any) -> Any:
    destination = kwargs.get("log_destination")
    if kwargs.get("log_destination_type") in (None, "cloud-watch-logs") and destination:
        # moto looks for the group by its name only.
        kwargs["log_group_name"] = destination.split(":log-group:", 1)[-1].removesuffix(":*")
    return original(self, **kwargs)
