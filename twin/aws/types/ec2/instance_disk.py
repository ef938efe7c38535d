"""The root disk of an instance, which is a volume of its own that comes and goes with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from providers.logic import ProviderError
from twin.aws.ec2 import Item, ec2, one
from twin.aws.session import Session
from twin.aws.spec import prop
from twin.framework.declaration import Call, Changes, Given, Inputs, Property
from twin.framework.values import Plain

BORN_WITH: Final = {"encrypted": "Encrypted", "kmsKeyId": "KmsKeyId"}
CHANGED: Final = {"volumeSize": "VolumeSize", "volumeType": "VolumeType"}

_ENCRYPTED: Final = {"encrypted": True, "kmsKeyId": Given("key arn")}

ROOT_BLOCK_DEVICE: Final = Property(
    "rootBlockDevice",
    "rootBlockDevice",
    computed=True,
    fields=(
        prop("deleteOnTermination", default=True),
        prop("encrypted", computed=True, replaces=True),
        prop("kmsKeyId", computed=True, replaces=True),
        prop("volumeSize", computed=True, low=1, high=65536),
        prop("volumeType", computed=True, allowed=("gp2", "gp3", "io1", "io2", "sc1", "st1", "standard")),
    ),
    samples=(
        {**_ENCRYPTED, "volumeSize": 10, "volumeType": "gp3", "deleteOnTermination": True},
        {**_ENCRYPTED, "volumeSize": 12, "volumeType": "gp2", "deleteOnTermination": False},
        {**_ENCRYPTED, "volumeSize": 14, "volumeType": "gp3", "deleteOnTermination": True},
    ),
)


def block_device_mappings(call: Call[Session], inputs: Inputs) -> dict[str, Any]:
    """The argument that says what the root disk is like; nothing when nothing is said of it."""
    asked: Mapping[str, Any] | None = inputs.get("rootBlockDevice")
    if asked is None:
        return {}
    image = one(call, "describe_images", "Images", "ImageIds", inputs["ami"], "InvalidAMIID.NotFound")
    if image is None:
        raise ProviderError(f"RunInstances: InvalidAMIID.NotFound: The image id '[{inputs['ami']}]' does not exist")
    disk = {key: asked[name] for name, key in {**BORN_WITH, **CHANGED}.items() if name in asked}
    disk["DeleteOnTermination"] = asked.get("deleteOnTermination", True)
    return {"BlockDeviceMappings": [{"DeviceName": image["RootDeviceName"], "Ebs": disk}]}


def _root(instance: Item) -> Any | None:
    disks = (item for item in instance["BlockDeviceMappings"] if item["DeviceName"] == instance["RootDeviceName"])
    return next(disks, None)


def read_root_disk(call: Call[Session], instance: Item) -> dict[str, Plain] | None:
    """The root disk as the official provider tells it; None when there is none."""
    disk = _root(instance)
    found = None if disk is None else _volume(call, disk["Ebs"]["VolumeId"])
    if disk is None or found is None:
        return None
    return {
        "deleteOnTermination": disk["Ebs"]["DeleteOnTermination"],
        "encrypted": found["Encrypted"],
        "kmsKeyId": found.get("KmsKeyId"),
        "volumeSize": found["Size"],
        "volumeType": found["VolumeType"],
    }


def _volume(call: Call[Session], id_: str) -> Item | None:
    return one(call, "describe_volumes", "Volumes", "VolumeIds", id_, "InvalidVolume.NotFound")


def update_root_disk(call: Call[Session], id_: str, changes: Changes) -> None:
    """Resize, retype, or keep the disk when its machine goes; what is not declared stays."""
    old: Mapping[str, Any] = changes.old.get("rootBlockDevice") or {}
    new: Mapping[str, Any] = changes.new["rootBlockDevice"]
    instance = one(call, "describe_instances", "Reservations", "InstanceIds", id_)
    disk = None if instance is None else _root(instance["Instances"][0])
    if disk is None:
        raise ProviderError(f"instance {id_} has no root disk that could be changed")
    wanted = {
        key: new[name]
        for name, key in (("volumeSize", "Size"), ("volumeType", "VolumeType"))
        if name in new and new[name] != old.get(name)
    }
    if wanted:
        ec2(call).modify_volume(VolumeId=disk["Ebs"]["VolumeId"], **wanted)
    if new.get("deleteOnTermination", True) != old.get("deleteOnTermination"):
        kept = {"DeviceName": disk["DeviceName"], "Ebs": {"DeleteOnTermination": new.get("deleteOnTermination", True)}}
        ec2(call).modify_instance_attribute(InstanceId=id_, BlockDeviceMappings=[kept])
