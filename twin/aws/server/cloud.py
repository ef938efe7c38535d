"""Which account a simulated cloud is, and who may call it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Cloud:
    """One account in one region."""

    id: str
    """`cloud-paris`."""
    region: str
    account_id: str
    image: str
    """The machine image that exists before anything is deployed: `ami-0123456789abcdef0`."""
    access_key_id: str
    secret_access_key: str = field(repr=False)


def read_cloud(world: Path, credentials: Path, id_: str) -> Cloud:
    """Read what `world.yaml` and `credentials.yaml` say of a cloud. Raises `LookupError` when they know none of it."""
    entry: Any = next(item for item in _read(world)["clouds"] if item["id"] == id_)
    keys: Any = _read(credentials)["clouds"][id_]
    return Cloud(
        id_, entry["region"], entry["account_id"], entry["image"], keys["access_key_id"], keys["secret_access_key"]
    )


def _read(file: Path) -> Any:
    # The process is ready sooner without a YAML library that it needs twice.
    from yaml import CSafeLoader, load  # noqa: PLC0415

    return load(file.read_text("utf-8"), CSafeLoader)
