"""The network that irrigates the territory: a point of presence in every commune."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_vsphere as vsphere

from components.communes.point_of_presence import PointOfPresence, PointOfPresenceArgs
from components.datacenters.interconnect import SinglePointOfFailureError
from components.datacenters.site import Site
from territory.checks import reach
from territory.model import Commune, Territory


@dataclass(frozen=True)
class TerritoryNetworkArgs:
    """What a `TerritoryNetwork` is made of."""

    territory: Territory
    """The whole: addresses and access networks follow from it."""
    communes: Sequence[Commune]
    """Those of its communes that are looked after together, as a sector's."""
    providers: Mapping[str, vsphere.Provider]
    """Datacenter to its vCenter, for each that manages one of the communes."""
    sites: Mapping[str, Site]
    """Datacenter to what stands there."""
    host_passwords: Mapping[str, pulumi.Input[str]]
    """Datacenter to the password of `root` on the hypervisors its vCenter manages. Secrets."""
    authorized_keys: Sequence[str] = ()
    """OpenSSH public keys let into the routers."""
    protect_state: bool = False
    """True in production: Pulumi then refuses to delete hypervisors and switches."""


class TerritoryNetwork(pulumi.ComponentResource):
    """The points of presence of some communes, each on two paths to all datacenters. No commune knows of another."""

    host_ids: Mapping[str, pulumi.Output[str]]
    """INSEE code to the managed object id of the commune's hypervisor."""
    router_ids: Mapping[str, pulumi.Output[str]]
    """INSEE code to the UUID of the commune's router."""

    def __init__(self, name: str, args: TerritoryNetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        refuse_communes_that_one_loss_cuts_off(args.territory, args.communes)
        super().__init__("metropole:index:TerritoryNetwork", name, {}, opts)
        points = {
            commune.insee: PointOfPresence(
                commune.slug,
                PointOfPresenceArgs(
                    provider=args.providers[commune.vcenter],
                    territory=args.territory,
                    commune=commune,
                    site=args.sites[commune.vcenter],
                    host_password=args.host_passwords[commune.vcenter],
                    authorized_keys=args.authorized_keys,
                    protect_state=args.protect_state,
                ),
                pulumi.ResourceOptions(parent=self),
            )
            for commune in args.communes
        }
        self.host_ids = {insee: point.host_id for insee, point in points.items()}
        self.router_ids = {insee: point.router_id for insee, point in points.items()}
        self.register_outputs({"hostIds": self.host_ids, "routerIds": self.router_ids})


def refuse_communes_that_one_loss_cuts_off(territory: Territory, communes: Sequence[Commune]) -> None:
    """Raise `SinglePointOfFailureError` unless every commune keeps its datacenters, whatever one thing is lost."""
    violations = list(reach.check_communes(territory.model_copy(update={"communes": tuple(communes)})))
    if violations:
        reasons = [f"- {violation.message}\n  remedy: {violation.remedy}" for violation in violations]
        raise SinglePointOfFailureError("\n".join([f"the network of {territory.name} is refused", *reasons]))
