"""What crosses the cloud's network, and what its tunnels and hosts say: encrypted logs, kept for a while."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.cloud.place import CloudPlace
from components.cloud.policy_documents import service_trust
from components.cloud.role_policies import log_writer
from components.cloud.service_role import ServiceRole, ServiceRoleArgs

FLOW_INTERVAL_S = 60


@dataclass(frozen=True)
class CloudLogsArgs:
    """What `CloudLogs` are made of."""

    place: CloudPlace
    """Where they are."""
    vpc_id: pulumi.Input[str]
    """The network whose flows are written down."""
    key_arn: pulumi.Input[str]
    """The key for logs."""
    boundary_arn: pulumi.Input[str]
    """The boundary of the role that delivers flows."""


class CloudLogs(pulumi.ComponentResource):
    """Log groups for flows, tunnels and hosts, and the flow log of the whole network."""

    tunnels_arn: pulumi.Output[str]
    """The log group VPN tunnels write into."""

    def __init__(self, name: str, args: CloudLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:CloudLogs", name, {}, opts)
        place = args.place
        groups = {
            what: aws.cloudwatch.LogGroup(
                f"{name}-{what}",
                name=place.log_group(what),
                kms_key_id=args.key_arn,
                retention_in_days=place.retention.log_days,
                tags={"Name": f"{name}-{what}"},
                opts=place.options(self, holds_state=True),
            )
            for what in ("flows", "tunnels", "hosts")
        }
        role = ServiceRole(
            f"{name}-delivery",
            ServiceRoleArgs(
                place=place,
                what="flow-logs",
                trust=service_trust(
                    "vpc-flow-logs.amazonaws.com", {"StringEquals": {"aws:SourceAccount": place.account_id}}
                ),
                may=log_writer(place.arn("logs", f"log-group:{place.log_group('flows')}")),
                boundary_arn=args.boundary_arn,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        aws.ec2.FlowLog(
            f"{name}-flow-log",
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=groups["flows"].arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=FLOW_INTERVAL_S,
            tags={"Name": f"{name}-flow-log"},
            opts=place.options(self),
        )
        self.tunnels_arn = groups["tunnels"].arn
        self.register_outputs({"tunnelsArn": self.tunnels_arn})
