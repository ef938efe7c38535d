"""Worlds whose machines run, ended whatever happens."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from operations.engine.engine import Engine
from operations.hosts.ground import TOOLS, obstacle
from operations.hosts.image import GoldenImage, find_image
from operations.hosts.image_debian import missing_packages
from tests.hosts.guests import Guests
from tests.twin.operations.conftest import metro_on_a_state_of_its_own

MACHINES = ("datacenters", "network", "communes", "cloud")
"""The layers with a host of each kind but a service's."""


@pytest.fixture(scope="session")
def image() -> GoldenImage:
    """The golden image; never built here, since that takes minutes (`./metro test` does it first)."""
    found = obstacle()
    if found is not None:
        pytest.skip(f"no host can run here: {found.what} ({found.remedy})")
    if missing := missing_packages(TOOLS):
        pytest.skip(f"not installed: {', '.join(missing)} (./metro test installs it)")
    built = find_image()
    if built is None:
        pytest.skip("the golden image is not built from these sources (./metro test builds it)")
    return built


@pytest.fixture(scope="module")
def guests(engine: Engine, vcsim_binary: object, image: GoldenImage) -> Generator[Guests]:
    """The machines of a sandbox, running, nothing done to them yet."""
    with metro_on_a_state_of_its_own() as metro:
        only = [argument for layer in MACHINES for argument in ("--only", layer)]
        metro.succeed("up", "-t", "sandbox", "--tier", "host", "--no-gate", *only)
        found = Guests(metro)
        found.wait_running()
        yield found
