"""Many threads, two vCenters, no cross-talk: counted by a client of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pyVmomi import vim

from providers.logic import PartialFailure, ProviderError
from tests.twin.vsphere.given import Site, prepare
from tests.twin.vsphere.subjects import Subject
from tests.twin.vsphere.vcenters import PASSWORD, USER, running
from twin.vsphere.inventory import all_of
from twin.vsphere.provider import VSphereProvider
from twin.vsphere.session import connect

pytestmark = [pytest.mark.api, pytest.mark.filterwarnings("ignore:Unverified HTTPS request")]

THREADS = 32


@pytest.fixture(scope="module")
def sites(vcsim_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[dict[str, Site]]:
    with running(vcsim_binary, tmp_path_factory.mktemp("two"), ("lac", "pessac")) as found:
        yield {name: prepare(vcenter) for name, vcenter in found.items()}


@pytest.fixture(scope="module")
def providers(sites: dict[str, Site]) -> Generator[dict[str, VSphereProvider]]:
    made = {name: site.vcenter.provider() for name, site in sites.items()}
    yield made
    for provider in made.values():
        provider.close()


def _all(jobs: list[Callable[[], Subject]]) -> list[Subject]:
    with ThreadPoolExecutor(THREADS) as pool:
        return [future.result() for future in [pool.submit(job) for job in jobs]]


def test_machines_and_port_groups_on_two_vcenters(
    sites: dict[str, Site], providers: dict[str, VSphereProvider]
) -> None:
    before = {name: len(site.vcenter.every(vim.VirtualMachine)) for name, site in sites.items()}

    def job(site: str, number: int) -> Callable[[], Subject]:
        ids = sites[site].ids

        def run() -> Subject:
            group = Subject(providers[site], "DistributedPortGroup")
            group.create(
                {
                    "name": f"{site}-{number}",
                    "distributedVirtualSwitchUuid": ids["switch"],
                    "vlanId": 100 + number,
                    "tags": [ids["tag"]],
                }
            )
            machine = Subject(providers[site], "VirtualMachine")
            machine.create(
                {
                    "name": f"{site}-vm-{number}",
                    "resourcePoolId": ids["pool"],
                    "clone": {"templateUuid": ids["template"]},
                    "networkInterfaces": [{"networkId": group.id}],
                    "waitForGuestNetTimeout": 0,
                    "tags": [ids["tag"]],
                }
            )
            return machine

        return run

    machines = _all([job(site, number) for number in range(16) for site in sites])
    assert len({machine.id for machine in machines}) == 32
    for name, site in sites.items():
        made = [vm for vm in site.vcenter.every(vim.VirtualMachine) if vm.name.startswith(f"{name}-vm-")]
        assert len(made) == 16
        assert len(site.vcenter.every(vim.VirtualMachine)) == before[name] + 16
        groups = site.vcenter.every(vim.dvs.DistributedVirtualPortgroup)
        vlans = {group.name: group.config.defaultPortConfig.vlan.vlanId for group in groups}
        mine = {group: vlan for group, vlan in vlans.items() if group.startswith(name)}
        assert mine == {f"{name}-{number}": 100 + number for number in range(16)}
        assert not [vm for vm in site.vcenter.every(vim.VirtualMachine) if _foreign(vm.name, name)]


def _foreign(machine: str, site: str) -> bool:
    return "-vm-" in machine and not machine.startswith((site, "given"))


def test_rules_of_one_cluster_do_not_lose_each_other(
    sites: dict[str, Site], providers: dict[str, VSphereProvider]
) -> None:
    ids = sites["lac"].ids

    def job(number: int) -> Callable[[], Subject]:
        def run() -> Subject:
            rule = Subject(providers["lac"], "ComputeClusterVmAntiAffinityRule")
            machines = [ids["vm"], ids["other vm"]]
            rule.create({"name": f"apart-{number}", "computeClusterId": ids["cluster"], "virtualMachineIds": machines})
            return rule

        return run

    rules = _all([job(number) for number in range(THREADS)])
    assert len({rule.id for rule in rules}) == THREADS
    cluster = sites["lac"].vcenter.ref(vim.ClusterComputeResource, ids["cluster"])
    assert {rule.name for rule in cluster.configurationEx.rule} >= {f"apart-{number}" for number in range(THREADS)}


def test_one_of_many_with_the_same_name_wins(sites: dict[str, Site], providers: dict[str, VSphereProvider]) -> None:
    ids = sites["pessac"].ids
    start = threading.Barrier(THREADS)

    def race() -> str:
        folder = Subject(providers["pessac"], "Folder")
        start.wait()
        try:
            folder.create({"path": "contested", "type": "vm", "datacenterId": ids["datacenter"]})
        except PartialFailure:
            raise
        except ProviderError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(THREADS) as pool:
        answers = [future.result() for future in [pool.submit(race) for _ in range(THREADS)]]
    assert answers.count("") == 1
    assert all("already exists" in answer for answer in answers if answer)
    folders = [folder for folder in sites["pessac"].vcenter.every(vim.Folder) if folder.name == "contested"]
    assert len(folders) == 1


def test_what_was_deleted_since_it_was_listed_does_not_spoil_the_answer(
    sites: dict[str, Site], providers: dict[str, VSphereProvider]
) -> None:
    vcenter = sites["lac"].vcenter
    kept, gone = (Subject(providers["lac"], "DistributedVirtualSwitch") for _ in range(2))
    for name, switch in (("kept", kept), ("gone", gone)):
        switch.create({"name": name, "datacenterId": sites["lac"].ids["datacenter"]})
    session = connect(vcenter.server, USER, PASSWORD, verify=False)
    try:
        listed = all_of(session, vim.DistributedVirtualSwitch)
        gone.delete()
        assert kept.id in {facts["uuid"] for _, facts in session.many(listed, "uuid")}
        assert len(session.many(listed, "uuid")) == len(listed) - 1
    finally:
        session.close()


def test_a_cancelled_provider_stops_waiting(sites: dict[str, Site]) -> None:
    provider = sites["lac"].vcenter.provider()
    ids = sites["lac"].ids
    machine = Subject(provider, "VirtualMachine")
    # No guest of a simulated vCenter ever reports an address: without a cancellation this waits for five minutes.
    threading.Timer(2.0, provider.cancel).start()
    with pytest.raises(PartialFailure, match="cancelled while waiting for an available IP address"):
        machine.create(
            {
                "name": "never-online",
                "resourcePoolId": ids["pool"],
                "clone": {"templateUuid": ids["template"]},
                "networkInterfaces": [{"networkId": ids["network"]}],
            }
        )
    provider.close()
    assert [vm for vm in sites["lac"].vcenter.every(vim.VirtualMachine) if vm.name == "never-online"]
