"""Disks and network cards of a virtual machine."""

from __future__ import annotations

from typing import Any, Final

from pyVmomi import vim

from providers.logic import ProviderError
from twin.framework.declaration import Given, Inputs
from twin.framework.values import Plain
from twin.vsphere.inventory import exists
from twin.vsphere.session import Session
from twin.vsphere.spec import prop

ADAPTERS: Final[dict[str, type]] = {
    "vmxnet3": vim.vm.device.VirtualVmxnet3,
    "e1000": vim.vm.device.VirtualE1000,
    "e1000e": vim.vm.device.VirtualE1000e,
}
MODES: Final = (
    "persistent",
    "independent_persistent",
    "independent_nonpersistent",
    "nonpersistent",
    "undoable",
    "append",
)
GIB: Final = 1024 * 1024
"""In KiB, which is what the API counts in."""

_CHANGE: Final = vim.vm.device.VirtualDeviceSpec

NETWORK_INTERFACES: Final = prop(
    "networkInterfaces",
    fields=(
        prop("networkId"),
        prop("adapterType", default="vmxnet3", allowed=tuple(ADAPTERS)),
        prop("useStaticMac"),
        prop("macAddress", computed=True),
        prop("key", computed=True),
    ),
    samples=(
        [{"networkId": Given("network")}],
        [{"networkId": Given("other network"), "adapterType": "e1000"}, {"networkId": Given("network")}],
        [{"networkId": Given("network"), "useStaticMac": True, "macAddress": "00:50:56:01:02:03"}],
    ),
)

DISKS: Final = prop(
    "disks",
    computed=True,
    fields=(
        prop("label"),
        prop("size", low=1, computed=True),
        prop("unitNumber", default=0, low=0, high=59),
        prop("thinProvisioned", default=True),
        prop("eagerlyScrub", default=False),
        prop("diskMode", default="persistent", allowed=MODES),
        prop("uuid", computed=True),
        prop("path", computed=True),
        prop("key", computed=True),
        prop("datastoreId", computed=True),
    ),
    samples=(
        [{"label": "disk0", "size": 10}],
        [
            {"label": "disk0", "size": 12},
            {"label": "disk1", "size": 20, "unitNumber": 1, "thinProvisioned": False, "eagerlyScrub": True},
        ],
        [{"label": "disk0", "size": 12}],
    ),
)


def _network_backing(session: Session, network_id: str) -> Any:
    group = session.ref(vim.dvs.DistributedVirtualPortgroup, network_id)
    if network_id.startswith("dvportgroup-"):
        facts = session.get(group, "key", "config.distributedVirtualSwitch")
        if facts is not None:
            switch = session.get(facts["config.distributedVirtualSwitch"], "uuid") or {}
            port = vim.dvs.PortConnection(portgroupKey=facts["key"], switchUuid=switch.get("uuid"))
            return vim.vm.device.VirtualEthernetCard.DistributedVirtualPortBackingInfo(port=port)
    network = session.ref(vim.Network, network_id)
    facts = None if network_id.startswith("dvportgroup-") else session.get(network, "name")
    if facts is None:
        raise ProviderError(f"network {network_id!r} does not exist on vCenter {session.server}")
    return vim.vm.device.VirtualEthernetCard.NetworkBackingInfo(deviceName=facts["name"])


def _card(session: Session, item: Plain, key: int) -> Any:
    static = item.get("useStaticMac", False)
    return ADAPTERS[item["adapterType"]](
        key=key,
        backing=_network_backing(session, item["networkId"]),
        connectable=vim.vm.device.VirtualDevice.ConnectInfo(
            startConnected=True, connected=True, allowGuestControl=True
        ),
        addressType="manual" if static else "generated",
        macAddress=item.get("macAddress") if static else None,
    )


def cards_of(devices: list[Any]) -> list[Any]:
    """The network cards, in the order they were added."""
    cards = [device for device in devices if isinstance(device, vim.vm.device.VirtualEthernetCard)]
    return sorted(cards, key=lambda card: int(card.key))


def card_changes(session: Session, devices: list[Any], wanted: Plain) -> list[Any]:
    """Turn the cards a machine has into those it should have, keeping (with its address) each that need not go."""
    present = cards_of(devices)
    changes: list[Any] = []
    for index, item in enumerate(wanted or []):
        if index >= len(present):
            changes.append(_CHANGE(operation="add", device=_card(session, item, -(index + 1))))
            continue
        card, fresh = present[index], _card(session, item, -(index + 1))
        if type(card) is not type(fresh):
            changes += [_CHANGE(operation="remove", device=card), _CHANGE(operation="add", device=fresh)]
        elif _network_of(card) != item["networkId"] or _moved_address(card, item):
            card.backing, card.addressType = fresh.backing, fresh.addressType
            card.macAddress = fresh.macAddress or card.macAddress
            changes.append(_CHANGE(operation="edit", device=card))
    changes += [_CHANGE(operation="remove", device=card) for card in present[len(wanted or []) :]]
    return changes


def _moved_address(card: Any, item: Plain) -> bool:
    if not item.get("useStaticMac"):
        return str(card.addressType) == "manual"
    return str(card.addressType) != "manual" or str(card.macAddress).lower() != str(item.get("macAddress")).lower()


def _network_of(card: Any) -> str | None:
    port = getattr(card.backing, "port", None)
    if port is not None:
        return str(port.portgroupKey)
    network = getattr(card.backing, "network", None)
    return None if network is None else str(network._moId)


def read_cards(devices: list[Any]) -> list[Plain]:
    """`networkInterfaces` as the machine has them."""
    kinds = {kind: name for name, kind in ADAPTERS.items()}
    return [
        {
            "networkId": _network_of(card),
            "adapterType": kinds.get(type(card), type(card).__name__),
            "useStaticMac": str(card.addressType).lower() == "manual",
            "macAddress": str(card.macAddress),
            "key": int(card.key),
        }
        for card in cards_of(devices)
    ]


def _disks(devices: list[Any]) -> list[tuple[int, Any]]:
    """Disks by unit number as the official provider counts: 15 to a SCSI controller, its own seat left out."""
    controllers = {
        int(device.key): int(device.busNumber)
        for device in devices
        if isinstance(device, vim.vm.device.VirtualController)
    }
    found: list[tuple[int, Any]] = []
    for device in devices:
        if isinstance(device, vim.vm.device.VirtualDisk):
            unit = int(device.unitNumber or 0)
            bus = controllers.get(int(device.controllerKey or 0), 0)
            found.append((bus * 15 + unit - (1 if unit > 7 else 0), device))
    return sorted(found, key=lambda pair: pair[0])


def read_disks(devices: list[Any], known: Inputs) -> list[Plain]:
    """`disks` as the machine has them; labels are names of the state's own and come from there."""
    labels = {item.get("unitNumber", 0): item.get("label") for item in known.get("disks") or []}
    rows = [
        {
            "label": labels.get(unit) or f"disk{index}",
            "size": int(disk.capacityInKB) // GIB,
            "unitNumber": unit,
            "thinProvisioned": bool(disk.backing.thinProvisioned),
            "eagerlyScrub": bool(disk.backing.eagerlyScrub),
            "diskMode": str(disk.backing.diskMode),
            "uuid": str(disk.backing.uuid or ""),
            "path": str(disk.backing.fileName).partition("] ")[2],
            "key": int(disk.key),
            "datastoreId": disk.backing.datastore._moId if disk.backing.datastore else "",
        }
        for index, (unit, disk) in enumerate(_disks(devices))
    ]
    order = [item.get("unitNumber", 0) for item in known.get("disks") or []]
    return sorted(rows, key=lambda row: order.index(row["unitNumber"]) if row["unitNumber"] in order else len(order))


def disk_changes(session: Session, devices: list[Any], wanted: Plain, datastore: Any) -> list[Any]:
    """Turn the disks a machine has into those it should have. Raises `ProviderError` for one that would shrink."""
    if wanted is None:
        return []
    present = dict(_disks(devices))
    changes: list[Any] = []
    for item in wanted:
        disk = present.pop(item["unitNumber"], None)
        if disk is None:
            changes.append(_new_disk(session, devices, item, datastore, -(100 + len(changes))))
        elif _edit_disk(disk, item):
            changes.append(_CHANGE(operation="edit", device=disk))
    for disk in present.values():
        changes.append(_CHANGE(operation="remove", fileOperation="destroy", device=disk))
    return changes


def _edit_disk(disk: Any, item: Plain) -> bool:
    size: int | None = item.get("size")
    if size is not None and size * GIB < int(disk.capacityInKB):
        raise ProviderError(
            f"virtual disk {item['label']!r}: virtual disks cannot be shrunk "
            f"(old: {int(disk.capacityInKB) // GIB} new: {size})"
        )
    grown = size is not None and size * GIB != int(disk.capacityInKB)
    if size is not None and grown:
        disk.capacityInKB, disk.capacityInBytes = size * GIB, size * GIB * 1024
    moved = str(disk.backing.diskMode) != item["diskMode"]
    if moved:
        disk.backing.diskMode = item["diskMode"]
    return grown or moved


def _new_disk(session: Session, devices: list[Any], item: Plain, datastore: Any, key: int) -> Any:
    if item.get("size") is None:
        raise ProviderError(f"virtual disk {item['label']!r}: size is required for a new disk")
    controller = next((device for device in devices if isinstance(device, vim.vm.device.VirtualSCSIController)), None)
    if controller is None:
        raise ProviderError(f"virtual disk {item['label']!r}: the machine has no SCSI controller")
    name = (session.get(datastore, "name") or {})["name"] if exists(session, datastore) else ""
    unit = item["unitNumber"]
    disk = vim.vm.device.VirtualDisk(
        key=key,
        controllerKey=controller.key,
        unitNumber=unit + (1 if unit >= 7 else 0),
        capacityInKB=item["size"] * GIB,
        backing=vim.vm.device.VirtualDisk.FlatVer2BackingInfo(
            fileName=f"[{name}]",
            datastore=datastore,
            diskMode=item["diskMode"],
            thinProvisioned=item["thinProvisioned"],
            eagerlyScrub=item["eagerlyScrub"],
        ),
    )
    return _CHANGE(operation="add", fileOperation="create", device=disk)
