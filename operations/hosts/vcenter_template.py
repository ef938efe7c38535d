"""The golden image's disk as an OVA, which a vCenter imports and makes a template of.

Descriptor: DMTF DSP0243 (OVF 1.1) with VMware's extensions. The machine's hardware is what the twin's templates have.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from operations.worlds.equipment import TEMPLATE

HARDWARE = "vmx-20"
"""The oldest virtual hardware that knows the guest's system: vSphere 8's."""
OVF = "http://schemas.dmtf.org/ovf/envelope/1"
_DEBIAN_64 = "96"
"""CIM's number for it."""
_RESOURCE = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
_SYSTEM = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData"
_VMWARE = "http://www.vmware.com/schema/ovf"
_STREAM_OPTIMIZED = "http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"
_PREFIXES = {"ovf": OVF, "rasd": _RESOURCE, "vssd": _SYSTEM, "vmw": _VMWARE}
_NETWORK = "any"


@dataclass(frozen=True)
class VirtualDisk:
    """The one disk of a template."""

    file: str
    """Its name in the archive."""
    file_bytes: int
    capacity_bytes: int
    """What the machine sees."""


def descriptor(name: str, version: str, disk: VirtualDisk) -> str:
    """The OVF envelope of a machine with that disk; `version` is the golden image's digest."""
    for prefix, namespace in _PREFIXES.items():
        ET.register_namespace(prefix, namespace)
    envelope = ET.Element(_ovf("Envelope"))
    references = ET.SubElement(envelope, _ovf("References"))
    ET.SubElement(
        references, _ovf("File"), {_ovf("id"): "file", _ovf("href"): disk.file, _ovf("size"): str(disk.file_bytes)}
    )
    section = _section(envelope, "DiskSection", "The machine's disk")
    attributes = {
        "diskId": "disk",
        "fileRef": "file",
        "capacity": str(disk.capacity_bytes),
        "capacityAllocationUnits": "byte",
        "format": _STREAM_OPTIMIZED,
    }
    ET.SubElement(section, _ovf("Disk"), {_ovf(key): value for key, value in attributes.items()})
    section = _section(envelope, "NetworkSection", "Networks")
    network = ET.SubElement(section, _ovf("Network"), {_ovf("name"): _NETWORK})
    ET.SubElement(network, _ovf("Description")).text = "Machines cloned from the template are given their own"
    system = _section(envelope, "VirtualSystem", "A hardened Debian host", id=name)
    ET.SubElement(system, _ovf("Name")).text = name
    section = _section(
        system,
        "OperatingSystemSection",
        "Debian 12",
        id=_DEBIAN_64,
        **{f"{{{_VMWARE}}}osType": str(TEMPLATE["guest_id"])},
    )
    section = _section(system, "ProductSection", "Which image it is")
    ET.SubElement(section, _ovf("Product")).text = name
    ET.SubElement(section, _ovf("Version")).text = version
    _hardware(_section(system, "VirtualHardwareSection", "Virtual hardware"), name)
    ET.indent(envelope)
    return ET.tostring(envelope, encoding="unicode", xml_declaration=True) + "\n"


def write_ova(file: Path, name: str, version: str, vmdk: Path, capacity_bytes: int) -> None:
    """Descriptor, digests and disk in one archive, in the order the standard asks for. Blocks for the disk's length."""
    disk = VirtualDisk(f"{name}.vmdk", vmdk.stat().st_size, capacity_bytes)
    envelope = descriptor(name, version, disk).encode()
    with vmdk.open("rb") as stream:
        of_disk = hashlib.file_digest(stream, "sha256").hexdigest()
    manifest = f"SHA256({name}.ovf)= {hashlib.sha256(envelope).hexdigest()}\n" + f"SHA256({disk.file})= {of_disk}\n"
    with tarfile.open(file, "w", format=tarfile.USTAR_FORMAT) as archive:
        for member, content in ((f"{name}.ovf", envelope), (f"{name}.mf", manifest.encode())):
            archive.addfile(_member(member, len(content)), io.BytesIO(content))
        with vmdk.open("rb") as stream:
            archive.addfile(_member(disk.file, disk.file_bytes), stream)


def _hardware(section: ET.Element, name: str) -> None:
    system = ET.SubElement(section, _ovf("System"))
    for key, value in (
        ("ElementName", "Virtual hardware"),
        ("InstanceID", "0"),
        ("VirtualSystemIdentifier", name),
        ("VirtualSystemType", HARDWARE),
    ):
        ET.SubElement(system, f"{{{_SYSTEM}}}{key}").text = value
    cpus, memory = str(TEMPLATE["cpus"]), str(TEMPLATE["memory_mib"])
    # The standard wants an item's elements in the order of their names.
    _item(section, AllocationUnits="hertz * 10^6", ElementName="Processors", ResourceType="3", VirtualQuantity=cpus)
    _item(section, AllocationUnits="byte * 2^20", ElementName="Memory", ResourceType="4", VirtualQuantity=memory)
    controller = _item(section, Address="0", ElementName="Controller", ResourceSubType="VirtualSCSI", ResourceType="6")
    _item(
        section,
        AddressOnParent="0",
        ElementName="Disk",
        HostResource="ovf:/disk/disk",
        Parent=controller,
        ResourceType="17",
    )
    _item(
        section,
        AddressOnParent="7",
        AutomaticAllocation="true",
        Connection=_NETWORK,
        ElementName="Card",
        ResourceSubType="VmxNet3",
        ResourceType="10",
    )


def _item(section: ET.Element, **elements: str) -> str:
    """Add one piece of hardware; returns its number."""
    number = str(len(section.findall(_ovf("Item"))) + 1)
    item = ET.SubElement(section, _ovf("Item"))
    for key, value in sorted({**elements, "InstanceID": number}.items()):
        ET.SubElement(item, f"{{{_RESOURCE}}}{key}").text = value
    return number


def _section(parent: ET.Element, kind: str, info: str, **attributes: str) -> ET.Element:
    named = {key if key.startswith("{") else _ovf(key): value for key, value in attributes.items()}
    section = ET.SubElement(parent, _ovf(kind), named)
    ET.SubElement(section, _ovf("Info")).text = info
    return section


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o644
    return member


def _ovf(name: str) -> str:
    return f"{{{OVF}}}{name}"
