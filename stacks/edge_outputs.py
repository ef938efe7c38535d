"""What the layers of the edge hand to others: typed here, plain objects in the stacks' outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from components.edge.event_hub import UNDELIVERED, Hub
from stacks.references import Upstream
from territory import edge
from territory.model import Territory


@dataclass(frozen=True)
class EventsOutputs:
    """What the layer `events` leaves behind."""

    hub: Hub
    """What fleets join and services take their events from."""

    def to_dict(self) -> dict[str, Any]:
        """As the stack's outputs."""
        return {
            "typeNames": dict(self.hub.type_names),
            "policyNames": dict(self.hub.policy_names),
            "groupName": self.hub.group_name,
            "queueUrls": dict(self.hub.queue_urls),
            "tableName": self.hub.table_name,
        }

    @classmethod
    def from_upstream(cls, territory: Territory, upstream: Upstream) -> EventsOutputs:
        """From another stack's program."""
        kinds = edge.kinds(territory)
        queues = [*(service.id for service in edge.fed_services(territory)), UNDELIVERED]
        return cls(
            Hub(
                type_names={kind: upstream.output("typeNames", kind) for kind in kinds},
                policy_names={kind: upstream.output("policyNames", kind) for kind in kinds},
                group_name=upstream.output("groupName"),
                queue_urls={queue: upstream.output("queueUrls", queue) for queue in queues},
                table_name=upstream.output("tableName"),
            )
        )


@dataclass(frozen=True)
class EdgeOutputs:
    """What a stack of the layer `edge` leaves behind."""

    thing_names: Mapping[str, pulumi.Input[str]]
    """Edge site to its thing."""
    certificate_arns: Mapping[str, pulumi.Input[str]]
    """Edge site to its certificate."""
    not_enrolled: tuple[str, ...]
    """Edge sites whose gateway has sent no signing request yet."""

    def to_dict(self) -> dict[str, Any]:
        """As the stack's outputs."""
        return {
            "thingNames": dict(self.thing_names),
            "certificateArns": dict(self.certificate_arns),
            "notEnrolled": list(self.not_enrolled),
        }
