"""An independent look at what vCenters hold: through pyVmomi and REST, past Pulumi and past the twin's providers."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import requests
from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import vim
from urllib3.exceptions import InsecureRequestWarning

from operations.worlds.world import VCenterAccess, World

REST = "/rest/com/vmware/cis"
TIMEOUT_S = 30


def count_leftovers(world: World) -> list[str]:
    """Everything in a world's vCenters that an empty vCenter does not have, one readable line each."""
    return [f"{name}: {line}" for name, access in world.vcenters.items() for line in _leftovers(access)]


def _leftovers(access: VCenterAccess) -> list[str]:
    with _connected(access) as content:
        found = [f"{type(child).__name__} {child.name}" for child in content.rootFolder.childEntity or ()]
        kinds = [vim.HostSystem, vim.VirtualMachine, vim.DistributedVirtualSwitch, vim.dvs.DistributedVirtualPortgroup]
        view = content.viewManager.CreateContainerView(content.rootFolder, kinds, True)
        found += [f"{type(item).__name__} {item.name}" for item in view.view or ()]
        view.Destroy()
        manager = content.authorizationManager
        found += [f"role {role.name}" for role in manager.roleList if not role.system and role.roleId > 0]
    return [line.removeprefix("vim.") for line in found] + _tagging(access)


@contextmanager
def _connected(access: VCenterAccess) -> Generator[Any]:
    host, _, port = access.server.partition(":")
    context = ssl.create_default_context()
    # The twin's certificate is made anew each time it starts, on loopback.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    service: Any = SmartConnect(host=host, port=int(port), user=access.user, pwd=access.password, sslContext=context)
    try:
        yield service.RetrieveContent()
    finally:
        Disconnect(service)


def _tagging(access: VCenterAccess) -> list[str]:
    """Tag categories and tags, which live beside the inventory."""
    with requests.Session() as session, warnings.catch_warnings():
        warnings.simplefilter("ignore", InsecureRequestWarning)
        session.trust_env = False
        session.verify = False
        base = f"https://{access.server}{REST}"
        answer = session.post(f"{base}/session", auth=(access.user, access.password), timeout=TIMEOUT_S)
        answer.raise_for_status()
        session.headers["vmware-api-session-id"] = answer.json()["value"]
        found: list[str] = []
        for kind in ("category", "tag"):
            answer = session.get(f"{base}/tagging/{kind}", timeout=TIMEOUT_S)
            answer.raise_for_status()
            found += [f"{kind} {identity}" for identity in answer.json()["value"] or ()]
        session.delete(f"{base}/session", timeout=TIMEOUT_S)
    return found
