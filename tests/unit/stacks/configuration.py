"""A stack configuration that is complete, for tests to take things out of."""

from __future__ import annotations

from typing import Any

PASSWORDS = {"lac": "lac-password", "pessac": "pessac-password"}


def configuration(layer: str, /, **changes: Any) -> dict[str, object]:
    """The keys a twin's stack has; `changes` are `metropole:` keys, None takes one out."""
    keys: dict[str, object] = {
        "territory": "sandbox",
        "layer": layer,
        "environment": "rehearsal",
        "vcenters": {
            dc: {"server": f"vcenter.{dc}.example", "user": "metropole", "instanceUuid": "…"} for dc in PASSWORDS
        },
        "vcenterPasswords": PASSWORDS,
        "hostPasswords": {dc: f"{dc}-root" for dc in PASSWORDS},
        "cloud": {"cloud-paris": {"accountId": "123456789012"}},
        "cloudKeys": {"cloud-paris": {"accessKeyId": "hunter2-id", "secretAccessKey": "hunter2-secret"}},
        "automation": {"sshConfig": "/etc/ssh_config", "evidenceDirectory": "/var/lib/evidence"},
        **changes,
    }
    return {f"metropole:{key}": value for key, value in keys.items() if value is not None}
