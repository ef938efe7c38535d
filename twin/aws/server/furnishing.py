"""What an account has before anything is deployed: the machine image that its territory's hosts start from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from moto.ec2.models import ec2_backends
from moto.ec2.models.amis import Ami

from twin.aws.server.cloud import Cloud

DEBIAN: Final = "136693071363"
"""The account that publishes Debian's images."""


def furnish(cloud: Cloud, service: str) -> None:
    """Put into a service, by moto's name of it, what is there from the start."""
    put = _FURNITURE.get(service)
    if put is not None:
        put(cloud)


def _image(cloud: Cloud) -> None:
    backend: Any = ec2_backends[cloud.account_id][cloud.region]
    backend.amis[cloud.image] = Ami(
        backend,
        cloud.image,
        name="debian-12-amd64",
        description="Debian 12",
        owner_id=DEBIAN,
        public=True,
        virtualization_type="hvm",
        architecture="x86_64",
        hypervisor="xen",
        root_device_type="ebs",
        root_device_name="/dev/xvda",
        region_name=f"{cloud.region}a",
    )


_FURNITURE: Final[Mapping[str, Callable[[Cloud], None]]] = {"ec2": _image}
