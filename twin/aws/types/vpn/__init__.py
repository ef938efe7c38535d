"""Tunnels between a private network and the datacenters."""

from typing import Final

from twin.aws.session import Session
from twin.framework.declaration import ResourceType

VPN: Final[tuple[ResourceType[Session], ...]] = ()
