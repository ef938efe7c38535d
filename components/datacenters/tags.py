"""The tags of one vCenter: what an object is for, who owns it, how much its loss costs and where it may live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_vsphere as vsphere

from components.datacenters.site import Category
from territory.model import Asset, Commune, Criticality, Datacenter, Placement, Service, Territory

ASSOCIABLE_TYPES = (
    "Datacenter",
    "DistributedVirtualPortgroup",
    "Folder",
    "HostSystem",
    "VirtualMachine",
    "VmwareDistributedVirtualSwitch",
)
"""What may be tagged. vCenter lets the list grow, never shrink."""

_DESCRIPTIONS: Mapping[Category, str] = {
    Category.COMMUNE: "The commune an object stands in or belongs to, by INSEE code",
    Category.SERVICE: "The service an object exists for",
    Category.CRITICALITY: "What the loss of the object costs the territory",
    Category.PLACEMENT: "Where the risk analysis lets the object live",
}


def vocabulary(territory: Territory) -> Mapping[Category, Mapping[str, str]]:
    """Category to tag name to description: everything a vCenter's objects can be tagged with."""
    return {
        Category.COMMUNE: {commune.insee: commune.name for commune in territory.communes},
        Category.SERVICE: {service.id: service.name for service in territory.services},
        Category.CRITICALITY: {level.value: f"{level.value.capitalize()} to the territory" for level in Criticality},
        Category.PLACEMENT: {
            Placement.PRIVATE.value: "On the territory's own hosts",
            Placement.PUBLIC.value: "At a public cloud provider",
        },
    }


def platform_guest_tags(dc: Datacenter) -> Mapping[Category, str]:
    """The tags of what the platform itself needs in a datacenter: its bastion and its border routers."""
    return {
        Category.COMMUNE: dc.commune,
        Category.CRITICALITY: Criticality.VITAL.value,
        Category.PLACEMENT: Placement.PRIVATE.value,
    }


def commune_tags(commune: Commune) -> Mapping[Category, str]:
    """The tags of what stands in a commune: its hypervisor, switch, networks and router."""
    return {
        Category.COMMUNE: commune.insee,
        Category.CRITICALITY: Criticality.VITAL.value,
        Category.PLACEMENT: Placement.PRIVATE.value,
    }


def service_tags(territory: Territory, service: Service, asset: Asset) -> Mapping[Category, str]:
    """The tags of an asset's guests; a service that a commune owns also carries the commune's."""
    tags = {
        Category.SERVICE: service.id,
        Category.CRITICALITY: service.criticality.value,
        Category.PLACEMENT: asset.placement.value,
    }
    if any(commune.insee == service.owner for commune in territory.communes):
        tags[Category.COMMUNE] = service.owner
    return tags


@dataclass(frozen=True)
class TagVocabularyArgs:
    """What a `TagVocabulary` is made of."""

    provider: vsphere.Provider
    """The vCenter it is spoken in."""
    territory: Territory
    """Gives the communes and services."""
    existing_category_ids: Mapping[Category, str] = field(default_factory=dict[Category, str])
    """Categories that exist and are not managed here; tags are still made in them.

    Example: `{Category.COMMUNE: "urn:vmomi:InventoryServiceCategory:…:GLOBAL"}`.
    """


class TagVocabulary(pulumi.ComponentResource):
    """Tag categories and tags of one vCenter."""

    tag_ids: Mapping[Category, Mapping[str, pulumi.Output[str]]]
    """Category to tag name to tag id."""

    def __init__(self, name: str, args: TagVocabularyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:TagVocabulary", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self, provider=args.provider)
        tag_ids: dict[Category, dict[str, pulumi.Output[str]]] = {}
        for category, tags in vocabulary(args.territory).items():
            category_id = (
                args.existing_category_ids.get(category)
                or vsphere.TagCategory(
                    f"{name}-{category.value}",
                    name=category.value,
                    description=_DESCRIPTIONS[category],
                    cardinality="SINGLE",
                    associable_types=list(ASSOCIABLE_TYPES),
                    opts=child,
                ).id
            )
            tag_ids[category] = {
                tag: vsphere.Tag(
                    f"{name}-{category.value}-{tag}",
                    name=tag,
                    description=description,
                    category_id=category_id,
                    opts=child,
                ).id
                for tag, description in tags.items()
            }
        self.tag_ids = tag_ids
        self.register_outputs({"tagIds": tag_ids})
