"""Which kind of machine the provider is asked for, given what an asset needs. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from territory.model import Asset


@dataclass(frozen=True)
class InstanceType:
    """One kind of machine."""

    name: str
    """The provider's own name. Example: `t3.small`."""
    cpus: int
    memory_mib: int


INSTANCE_TYPES = tuple(
    InstanceType(name, cpus, memory_gib * 1024)
    for name, cpus, memory_gib in (
        ("t3.micro", 2, 1),
        ("t3.small", 2, 2),
        ("t3.medium", 2, 4),
        ("m6i.large", 2, 8),
        ("r6i.large", 2, 16),
        ("m6i.xlarge", 4, 16),
        ("r6i.xlarge", 4, 32),
        ("m6i.2xlarge", 8, 32),
        ("r6i.2xlarge", 8, 64),
        ("m6i.4xlarge", 16, 64),
        ("r6i.4xlarge", 16, 128),
        ("m6i.8xlarge", 32, 128),
        ("r6i.8xlarge", 32, 256),
        ("m6i.16xlarge", 64, 256),
        ("r6i.16xlarge", 64, 512),
        ("r6i.32xlarge", 128, 1024),
    )
)
"""From the cheapest to the dearest."""


def instance_type(asset: Asset) -> str:
    """The cheapest kind that has what the asset asks for; every asset the model allows has one."""
    return next(kind.name for kind in INSTANCE_TYPES if kind.cpus >= asset.cpus and kind.memory_mib >= asset.memory_mib)
