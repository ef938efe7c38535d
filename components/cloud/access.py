"""Who works in the cloud: the boundary of every role, and the profile of machines."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.cloud.place import CloudPlace
from components.cloud.policy_documents import service_trust, to_json
from components.cloud.role_policies import boundary, log_writer
from components.cloud.service_role import ServiceRole, ServiceRoleArgs


@dataclass(frozen=True)
class PermissionsBoundaryArgs:
    """What a `PermissionsBoundary` is made of."""

    place: CloudPlace
    """The region roles may work in."""
    what: str = "boundary"
    """A part of its name."""


class PermissionsBoundary(pulumi.ComponentResource):
    """The policy that caps the platform's roles."""

    arn: pulumi.Output[str]
    """Example: `arn:aws:iam::123456789012:policy/bordeaux-cloud-paris-boundary`."""

    def __init__(self, name: str, args: PermissionsBoundaryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:PermissionsBoundary", name, {}, opts)
        place = args.place
        policy = aws.iam.Policy(
            f"{name}-policy",
            name=place.name(args.what),
            description=f"The most a role of {place.territory.title} may ever be given in {place.region.name}",
            policy=to_json(boundary(place.region.provider_region, place.account_id)),
            tags={"Name": f"{name}-policy"},
            opts=place.options(self),
        )
        self.arn = policy.arn
        self.register_outputs({"arn": self.arn})


@dataclass(frozen=True)
class MachineProfileArgs:
    """What a `MachineProfile` is made of."""

    place: CloudPlace
    """Where the machines are."""
    boundary_arn: pulumi.Input[str]
    """The boundary of their role."""


class MachineProfile(pulumi.ComponentResource):
    """What a machine in the cloud may do by itself: write its own logs."""

    profile_name: pulumi.Output[str]
    """Example: `bordeaux-cloud-paris-hosts`."""

    def __init__(self, name: str, args: MachineProfileArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:MachineProfile", name, {}, opts)
        place = args.place
        role = ServiceRole(
            f"{name}-role",
            ServiceRoleArgs(
                place=place,
                what="hosts",
                trust=service_trust("ec2.amazonaws.com"),
                may=log_writer(place.arn("logs", f"log-group:{place.log_group('hosts')}")),
                boundary_arn=args.boundary_arn,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        profile = aws.iam.InstanceProfile(
            f"{name}-profile",
            name=place.name("hosts"),
            role=role.role_name,
            tags={"Name": f"{name}-profile"},
            opts=place.options(self),
        )
        self.profile_name = profile.name
        self.register_outputs({"profileName": self.profile_name})
