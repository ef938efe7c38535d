"""A role of least privilege that never leaves the boundary."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.cloud.place import CloudPlace
from components.cloud.policy_documents import Document, to_json


@dataclass(frozen=True)
class ServiceRoleArgs:
    """What a `ServiceRole` is made of."""

    place: CloudPlace
    """The territory and region it works for."""
    what: str
    """What it does: a part of its name. Example: `flow-logs`."""
    trust: Document
    """Who may take it: see `policy_documents.service_trust`."""
    may: Document | pulumi.Output[Document]
    """What whoever takes it may do; an output where it names what is not made yet."""
    boundary_arn: pulumi.Input[str]
    """The policy that caps whatever the role is given, today or later."""


class ServiceRole(pulumi.ComponentResource):
    """A role and its one policy."""

    arn: pulumi.Output[str]
    """Known only once the role may do its work."""
    role_name: pulumi.Output[str]
    """Example: `bordeaux-cloud-paris-flow-logs`."""

    def __init__(self, name: str, args: ServiceRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:ServiceRole", name, {}, opts)
        place = args.place
        role = aws.iam.Role(
            f"{name}-role",
            name=place.name(args.what),
            assume_role_policy=to_json(args.trust),
            permissions_boundary=args.boundary_arn,
            tags={"Name": f"{name}-role"},
            opts=place.options(self),
        )
        policy = aws.iam.RolePolicy(
            f"{name}-policy",
            name="work",
            role=role.id,
            policy=args.may.apply(to_json) if isinstance(args.may, pulumi.Output) else to_json(args.may),
            opts=place.options(self),
        )
        self.role_name = role.name
        self.arn = pulumi.Output.all(role.arn, policy.id).apply(lambda values: values[0])
        self.register_outputs({"arn": self.arn, "roleName": self.role_name})
