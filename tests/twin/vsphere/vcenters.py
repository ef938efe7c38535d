"""Starts simulated vCenters for the tests of the stand-in vsphere provider, and speaks to them without it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
import urllib3
from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import vim

from twin.lookup import Endpoint
from twin.vsphere.provider import VSphereProvider
from twin.vsphere.session import connect

USER, PASSWORD, HOST_PASSWORD = "metropole@vsphere.local", "open sesame", "root sesame"
HOSTS = 6
READY_SECONDS = 30

urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _world(ids: tuple[str, ...]) -> dict[str, Any]:
    def host(site: str, number: int) -> dict[str, Any]:
        return {
            "name": f"{site}-esxi-{number}",
            "cpu_cores": 16,
            "memory_gib": 128,
            "feed": f"feed-{number % 2}",
            "datastores": [f"{site}-san-1"],
            "templates": ["debian-12"],
            "nics": [{"device": f"vmnic{card}", "fibre": f"{site}-fibre-{card}"} for card in range(4)],
        }

    def template(site: str) -> dict[str, Any]:
        return {
            "name": "debian-12",
            "guest_id": "debian12_64Guest",
            "cpus": 1,
            "memory_mib": 512,
            "disk_gib": 8,
            "datastore": f"{site}-san-1",
        }

    return {
        "schema": 1,
        "territory": "test",
        "vcenters": [
            {
                "id": site,
                "instance_uuid": f"00000000-0000-4000-8000-{index:012}",
                "port": 1,
                "datastores": [{"name": f"{site}-san-1", "capacity_gib": 4096}],
                "templates": [template(site)],
                "hosts": [host(site, number) for number in range(1, HOSTS + 1)],
            }
            for index, site in enumerate(ids)
        ],
    }


@dataclass
class VCenter:
    """One simulated vCenter, with an independent client: plain pyVmomi and plain requests."""

    id: str
    server: str
    service: Any
    rest_token: str

    @property
    def content(self) -> Any:
        return self.service.content

    def ref(self, kind: type, moid: str) -> Any:
        return kind(moid, self.service._stub)

    def rest(self, method: str, path: str, body: Any = None) -> Any:
        answer = requests.request(
            method,
            f"https://{self.server}/rest/com/vmware/cis/tagging{path}",
            json=body,
            headers={"vmware-api-session-id": self.rest_token},
            verify=False,
            timeout=30,
        )
        answer.raise_for_status()
        return answer.json().get("value") if answer.content.strip() else None

    def every(self, kind: type) -> list[Any]:
        view = self.content.viewManager.CreateContainerView(self.content.rootFolder, [kind], True)
        try:
            return list(view.view)
        finally:
            view.DestroyView()

    def vm(self, uuid: str) -> Any:
        return self.content.searchIndex.FindByUuid(None, uuid, True, False)

    def switch(self, uuid: str) -> Any:
        return next(switch for switch in self.every(vim.DistributedVirtualSwitch) if switch.uuid == uuid)

    def tags_on(self, kind: str, moid: str) -> set[str]:
        body = {"object_id": {"type": kind, "id": moid}}
        return set(self.rest("POST", "/tag-association?~action=list-attached-tags", body) or [])

    def provider(self) -> VSphereProvider:
        provider = VSphereProvider(Known((self.server,)))
        provider.attach(connect(self.server, USER, PASSWORD, verify=False))
        return provider


@dataclass(frozen=True)
class Known:
    """The lookup a daemon would give: these servers are the twin's."""

    servers: tuple[str, ...]

    def endpoint(self, server: str) -> Endpoint | None:
        known = server in self.servers
        return Endpoint("test", "vsphere", "lac", server, "some world") if known else None


def finish(task: Any) -> Any:
    """The result of a task that the test itself started."""
    while task.info.state not in ("success", "error"):
        continue
    if task.info.state == "error":
        raise task.info.error
    return task.info.result


@contextmanager
def running(binary: Path, folder: Path, ids: tuple[str, ...]) -> Generator[dict[str, VCenter]]:
    """Those vCenters, empty but for the hosts that may join."""
    world, credentials = folder / "world.yaml", folder / "credentials.yaml"
    # JSON is YAML.
    world.write_text(json.dumps(_world(ids)))
    login = {"user": USER, "password": PASSWORD, "host_password": HOST_PASSWORD}
    credentials.write_text(json.dumps({"vcenters": dict.fromkeys(ids, login)}))
    credentials.chmod(0o600)
    processes: list[subprocess.Popen[str]] = []
    found: dict[str, VCenter] = {}
    try:
        for site in ids:
            server = f"127.0.0.1:{free_port()}"
            command = [str(binary), "-world", str(world), "-credentials", str(credentials)]
            process = subprocess.Popen(
                [*command, "-vcenter", site, "-listen", server],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=sys.stderr,
                text=True,
            )
            processes.append(process)
            assert process.stdout is not None
            assert json.loads(process.stdout.readline())["ready"]
            found[site] = _open(site, server)
        yield found
    finally:
        for vcenter in found.values():
            Disconnect(vcenter.service)
        for process in processes:
            process.terminate()
            process.wait(READY_SECONDS)


def _open(site: str, server: str) -> VCenter:
    host, port = server.split(":")
    service = SmartConnect(host=host, port=int(port), user=USER, pwd=PASSWORD, disableSslCertValidation=True)
    answer = requests.post(
        f"https://{server}/rest/com/vmware/cis/session", auth=(USER, PASSWORD), verify=False, timeout=30
    )
    return VCenter(site, server, service, answer.json()["value"])
