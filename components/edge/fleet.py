"""The gateways of one sector: who they are, what they are, and by which certificate the cloud knows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.cloud.place import CloudPlace
from components.edge.event_hub import Hub
from territory import edge
from territory.model import EdgeSite, Sector


@dataclass(frozen=True)
class EdgeFleetArgs:
    """What an `EdgeFleet` is made of."""

    place: CloudPlace
    """The region the fleet is joined to."""
    sector: Sector
    """Whose fleet it is."""
    hub: Hub
    """Where its events go."""
    signing_requests: Mapping[str, str] = field(default_factory=dict[str, str])
    """Edge site to the certificate signing request (PEM) of its gateway, whose private key never leaves it.

    A site without one is declared and cannot connect yet.
    """


class EdgeFleet(pulumi.ComponentResource):
    """A group of things, one for each edge site of a sector, by commune."""

    thing_names: Mapping[str, pulumi.Output[str]]
    """Edge site to its thing."""
    certificate_arns: Mapping[str, pulumi.Output[str]]
    """Edge site to its certificate, for those that have enrolled."""

    def __init__(self, name: str, args: EdgeFleetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:EdgeFleet", name, {}, opts)
        territory = args.place.territory
        group = aws.iot.ThingGroup(
            f"{name}-group",
            name=edge.group_name(territory, args.sector.id),
            parent_group_name=args.hub.group_name,
            properties=aws.iot.ThingGroupPropertiesArgs(
                description="Every gateway of the sector",
                attribute_payload=aws.iot.ThingGroupPropertiesAttributePayloadArgs(
                    attributes={"sector": args.sector.id}
                ),
            ),
            tags={"Name": f"{name}-group"},
            opts=args.place.options(self),
        )
        communes = [
            CommuneFleet(
                f"{name}-{commune.slug}",
                CommuneFleetArgs(
                    place=args.place,
                    hub=args.hub,
                    sector=args.sector,
                    group_name=group.name,
                    sites=sites,
                    signing_requests=args.signing_requests,
                ),
                pulumi.ResourceOptions(parent=self),
            )
            for commune in territory.communes
            if (sites := _sites(territory.edge_sites, commune.insee)) and commune.sector == args.sector.id
        ]
        self.thing_names = {site: thing for fleet in communes for site, thing in fleet.thing_names.items()}
        self.certificate_arns = {site: arn for fleet in communes for site, arn in fleet.certificate_arns.items()}
        self.register_outputs({"thingNames": self.thing_names, "certificateArns": self.certificate_arns})


def _sites(sites: Sequence[EdgeSite], insee: str) -> tuple[EdgeSite, ...]:
    return tuple(site for site in sites if site.commune == insee)


@dataclass(frozen=True)
class CommuneFleetArgs:
    """What a `CommuneFleet` is made of."""

    place: CloudPlace
    """The region it is joined to."""
    hub: Hub
    """Where its events go."""
    sector: Sector
    """The sector the commune belongs to."""
    group_name: pulumi.Input[str]
    """The group of that sector's things."""
    sites: Sequence[EdgeSite]
    """The commune's own."""
    signing_requests: Mapping[str, str]
    """Edge site to the request of its gateway."""


class CommuneFleet(pulumi.ComponentResource):
    """The gateways of one commune."""

    thing_names: Mapping[str, pulumi.Output[str]]
    """Edge site to its thing."""
    certificate_arns: Mapping[str, pulumi.Output[str]]
    """Edge site to its certificate, for those that have enrolled."""

    def __init__(self, name: str, args: CommuneFleetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:CommuneFleet", name, {}, opts)
        self._name, self._args = name, args
        things = {site.id: self._thing(site) for site in args.sites}
        self.thing_names = {id_: thing.name for id_, thing in things.items()}
        self.certificate_arns = {
            site.id: self._certificate(site, things[site.id], args.signing_requests[site.id])
            for site in args.sites
            if site.id in args.signing_requests
        }
        self.register_outputs({"thingNames": self.thing_names})

    def _thing(self, site: EdgeSite) -> aws.iot.Thing:
        place, name = self._args.place, f"{self._name}-{site.id}"
        thing = aws.iot.Thing(
            f"{name}-thing",
            name=edge.thing_name(place.territory, site),
            thing_type_name=self._args.hub.type_names[site.kind],
            attributes={
                "commune": site.commune,
                "sector": self._args.sector.id,
                "services": ",".join(site.services),
            },
            opts=place.options(self),
        )
        aws.iot.ThingGroupMembership(
            f"{name}-membership",
            thing_name=thing.name,
            thing_group_name=self._args.group_name,
            opts=place.options(self),
        )
        return thing

    def _certificate(self, site: EdgeSite, thing: aws.iot.Thing, signing_request: str) -> pulumi.Output[str]:
        """From the gateway's own request: what the cloud signs holds no secret, so neither does the state."""
        place, name = self._args.place, f"{self._name}-{site.id}"
        certificate = aws.iot.Certificate(
            f"{name}-certificate", csr=signing_request, active=True, opts=place.options(self)
        )
        aws.iot.PolicyAttachment(
            f"{name}-policy",
            policy=self._args.hub.policy_names[site.kind],
            target=certificate.arn,
            opts=place.options(self),
        )
        aws.iot.ThingPrincipalAttachment(
            f"{name}-principal",
            thing=thing.name,
            principal=certificate.arn,
            opts=place.options(self),
        )
        return certificate.arn
