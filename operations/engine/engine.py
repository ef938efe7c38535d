"""What an engine is, whatever its origin."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from operations.engine.cache import mark_used

Origin = Literal["path", "official", "modules"]

LANGUAGE_HOST = "pulumi-language-python"
LANGUAGE_LAUNCHER = "pulumi-language-python-exec"


@dataclass(frozen=True)
class Engine:
    """A Pulumi engine that can run Python programs."""

    version: str
    pulumi: Path
    origin: Origin
    bin_dir: Path


def cached_engine(bin_dir: Path, version: str, origin: Origin) -> Engine | None:
    """The engine of this directory of the cache, or None unless it has its language host beside it."""
    needed = (bin_dir / "pulumi", bin_dir / LANGUAGE_HOST, bin_dir / LANGUAGE_LAUNCHER)
    if all(os.access(path, os.X_OK) for path in needed):
        mark_used(bin_dir.parent)
        return Engine(version, bin_dir / "pulumi", origin, bin_dir)
    return None
