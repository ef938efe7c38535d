"""What the golden image costs to build."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from operations.console import Progress
from operations.engine.cache import cache_directory, locked, require_space
from operations.hosts.bare_image import BARE_IMAGES
from operations.hosts.image import SPACE_GIB
from operations.hosts.image_build import build


def build_seconds(progress: Progress) -> float:
    """How long it takes to build the golden image, by building one that is thrown away. Raises `MachineError`."""
    require_space(SPACE_GIB, "building the golden image")
    # Beside bare images, where the next one to be built sweeps away what a killed bench leaves.
    with (
        locked(BARE_IMAGES, progress),
        tempfile.TemporaryDirectory(prefix=".thrown-away.", dir=cache_directory() / BARE_IMAGES) as directory,
    ):
        begun = time.monotonic()
        build(Path(directory) / "tree", progress)
        return time.monotonic() - begun
