"""How the tunnels between datacenters and the cloud are made: only what is strong today is offered. Pure."""

from __future__ import annotations

from typing import Any

from territory.cloud_addressing import TUNNELS, tunnel_network
from territory.model import CloudRegion, Datacenter

ENCRYPTION = ("AES256-GCM-16",)
INTEGRITY = ("SHA2-384", "SHA2-512")
DH_GROUPS = (20, 21)
"""Elliptic curves of 384 and 521 bits."""
IKE_VERSIONS = ("ikev2",)
PHASE_1_LIFETIME_S = 28_800
PHASE_2_LIFETIME_S = 3_600
DEAD_PEER_S = 30
"""The least the provider offers; BGP with its own timers notices sooner."""


def tunnel_parameters(region: CloudRegion, dc: Datacenter) -> dict[str, Any]:
    """Properties of both tunnels of a datacenter's VPN connection, as `aws.ec2.VpnConnection` takes them."""
    parameters: dict[str, Any] = {}
    for tunnel in TUNNELS:
        written = {
            "inside_cidr": str(tunnel_network(region, dc, tunnel)),
            "ike_versions": list(IKE_VERSIONS),
            "phase1_encryption_algorithms": list(ENCRYPTION),
            "phase1_integrity_algorithms": list(INTEGRITY),
            "phase1_dh_group_numbers": list(DH_GROUPS),
            "phase1_lifetime_seconds": PHASE_1_LIFETIME_S,
            "phase2_encryption_algorithms": list(ENCRYPTION),
            "phase2_integrity_algorithms": list(INTEGRITY),
            "phase2_dh_group_numbers": list(DH_GROUPS),
            "phase2_lifetime_seconds": PHASE_2_LIFETIME_S,
            "dpd_timeout_action": "restart",
            "dpd_timeout_seconds": DEAD_PEER_S,
            # Either side may begin: a datacenter that comes back is not waited for.
            "startup_action": "start",
        }
        parameters |= {f"tunnel{tunnel}_{key}": value for key, value in written.items()}
    return parameters
