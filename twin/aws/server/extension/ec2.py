"""What moto has wrong of EC2, and what it lacks.

Not there, and for some refused by name: IPv6 in VPCs, dual-stack endpoints, DNS options of endpoints, quotas other than
rules a group. Spot prices, placement groups and the like are moto's own.
"""

from __future__ import annotations

from typing import Final

from twin.aws.server.extension import ec2_endpoints, ec2_groups, ec2_instances, ec2_networks, vpn

ADDS: Final = (
    "a VPC, a subnet, a security group stays while anything needs it; moto deletes most of them",
    "a deleted subnet or VPC leaves no association and no access list behind",
    "a subnet is a /16 to a /28 in a zone of the region, and gives no public addresses unless told to",
    "networks are kept without host bits",
    "the default security group of a VPC lets itself in, and cannot be deleted",
    "two rules for the same traffic are one, whatever their descriptions; descriptions of every kind are kept",
    "a rule is modified whole; moto changes addresses of IPv4 only",
    "a route leads to one gateway of its VPC, never twice, never over the local one; without its gateway it is dead",
    "a subnet has one route table; an access list ends with the rule that denies",
    "an instance needs an image, a type, a key and groups that exist; it takes a while to come, stop and go",
    "an instance that is gone leaves no card behind; groups are replaced, metadata options merged",
    "an instance changes its type when it is stopped; its protection, monitoring and profile are kept when they change",
    "an image says of a root disk what a request does not",
    "an endpoint needs a service that exists; its cards have its groups, its routes follow it",
    "flow logs find their log group by its ARN",
    *vpn.ADDS,
)


def extend() -> None:
    """Make the changes to moto in this process."""
    for part in (ec2_networks, ec2_groups, ec2_instances, ec2_endpoints):
        part.PATCHES.install()
    vpn.extend()
