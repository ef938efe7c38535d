"""Two simulated vCenters for the whole run, each with one of everything."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.twin.vsphere.given import Site, prepare
from tests.twin.vsphere.vcenters import VCenter, running
from twin.vsphere.provider import VSphereProvider


@pytest.fixture(scope="session")
def vcenters(vcsim_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[dict[str, VCenter]]:
    with running(vcsim_binary, tmp_path_factory.mktemp("vcenters"), ("lac", "pessac")) as found:
        yield found


@pytest.fixture(scope="session")
def site(vcenters: dict[str, VCenter]) -> Site:
    return prepare(vcenters["lac"])


@pytest.fixture(scope="session")
def provider(site: Site) -> Generator[VSphereProvider]:
    provider = site.vcenter.provider()
    yield provider
    provider.close()
