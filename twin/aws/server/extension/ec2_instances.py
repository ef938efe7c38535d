"""Instances: what they need, states that take a while, and cards that go with them."""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Iterable
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.ec2.models.iam_instance_profile import IamInstanceProfileAssociationBackend
from moto.ec2.models.instances import Instance, InstanceBackend, InstanceState
from moto.ec2.models.subnets import Subnet
from moto.ec2.responses.instances import InstanceResponse
from moto.ec2.responses.monitoring import Monitoring

from twin.aws.server.extension.ec2_errors import refuse
from twin.aws.server.extension.eventual import begin, look
from twin.aws.server.extension.patching import Patches

PATCHES: Final = Patches()

CODES: Final = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}


class _Life:
    """The state of an instance, as something that can take a while."""

    def __init__(self, instance: Any) -> None:
        self._instance = instance
        self.ending: Any = None
        """What really ends the instance, to be done when it is seen as terminated."""

    @property
    def state(self) -> str:
        return str(self._instance._state.name)

    @state.setter
    def state(self, name: str) -> None:
        if name == "terminated" and self.ending is not None:
            self.ending()
        self._instance._state = InstanceState(name, CODES[name])


def _life(instance: Any) -> _Life:
    return instance.__dict__.setdefault("life", _Life(instance))


@PATCHES.around(InstanceBackend, "run_instances")
def _run_instances(original: Any, self: Any, image_id: str, count: int, *args: Any, **kwargs: Any) -> Any:
    if image_id and not self.describe_images(filters={"image-id": [image_id]}):
        refuse("InvalidAMIID.NotFound", f"The image id '[{image_id}]' does not exist")
    offered = self.describe_instance_type_offerings("region", {"instance-type": [kwargs["instance_type"]]})
    if not offered:
        refuse("InvalidParameterValue", f"Invalid value '{kwargs['instance_type']}' for InstanceType.")
    if kwargs.get("key_name"):
        self.describe_key_pairs(key_names=[kwargs["key_name"]])
    _check_groups(self, kwargs.get("subnet_id"), kwargs.get("security_group_ids", ()))
    for index, card in enumerate(kwargs.get("nics", ())):
        _check_groups(self, card.get("SubnetId"), card.get("Groups", ()))
        card.setdefault("DeleteOnTermination", index == 0)
    reservation = original(self, image_id, count, *args, **kwargs)
    for instance in reservation.instances:
        if not kwargs.get("nics"):
            # moto leaves the card of a plain instance behind, where it would hold its subnet for ever.
            instance.nics[0].delete_on_termination = True
        elif not instance.security_groups:
            instance.security_groups = list(instance.nics[0]._group_set)
        begin(_life(instance), "pending", "running")
    return reservation


def _check_groups(backend: Any, subnet_id: str | None, groups: Iterable[str]) -> None:
    subnet = backend.get_subnet(subnet_id) if subnet_id else None
    for id_ in groups:
        group = backend.get_security_group_from_id(id_)
        if group is None:
            refuse("InvalidGroup.NotFound", f"The security group '{id_}' does not exist")
        if subnet is not None and group.vpc_id != subnet.vpc_id:
            refuse("InvalidParameter", f"Security group {id_} and subnet {subnet.id} belong to different networks.")


@PATCHES.around(InstanceResponse, "_parse_block_device_mapping")
def _parse_block_device_mapping(original: Any, self: Any) -> Any:
    images = self.ec2_backend.describe_images(filters={"image-id": [self._get_param("ImageId")]})
    for mapping in self._get_param("BlockDeviceMappings", []):
        disk = mapping.get("Ebs", {})
        if images and mapping.get("DeviceName") == images[0].root_device_name:
            # Of a root disk the image says what the request does not.
            disk.setdefault("VolumeSize", images[0].ebs_snapshot.volume.size)
            disk.setdefault("DeleteOnTermination", True)
            disk.setdefault("VolumeType", "gp2")
    return original(self)


@PATCHES.around(InstanceResponse, "run_instances")
def _answer_run_instances(original: Any, self: Any) -> Any:
    answer = original(self)
    for instance in answer.result.instances:
        instance.disable_api_termination = bool(self._get_param("DisableApiTermination"))
    return answer


def _monitor(self: Any, state: str) -> ActionResult:
    monitored = self.ec2_backend.get_multi_instances_by_id(self._get_param("InstanceIds", []))
    for instance in monitored:
        instance.monitoring_state = state
    return ActionResult(
        {"InstanceMonitorings": [{"InstanceId": item.id, "Monitoring": {"State": state}} for item in monitored]}
    )


@PATCHES.method(Monitoring, "monitor_instances")
def _monitor_instances(self: Any) -> ActionResult:
    return _monitor(self, "enabled")


@PATCHES.method(Monitoring, "unmonitor_instances")
def _unmonitor_instances(self: Any) -> ActionResult:
    return _monitor(self, "disabled")


@PATCHES.around(Instance, "terminate")
def _terminate(original: Any, self: Any) -> Any:
    before = self._state
    if before.name not in ("shutting-down", "terminated"):
        _life(self).ending = lambda: original(self)
        begin(_life(self), "shutting-down", "terminated")
    return before


@PATCHES.around(Instance, "stop")
def _stop(original: Any, self: Any) -> Any:
    before = original(self)
    begin(_life(self), "stopping", "stopped")
    return before


@PATCHES.around(Instance, "start")
def _start(original: Any, self: Any) -> Any:
    if self._state.name != "stopped":
        refuse("IncorrectInstanceState", f"The instance '{self.id}' is not in a state from which it can be started.")
    before = original(self)
    begin(_life(self), "pending", "running")
    return before


@PATCHES.around(InstanceResponse, "describe_instances")
def _describe_instances(original: Any, self: Any) -> Any:
    wanted = self._get_param("InstanceIds", [])
    look(_life(item) for item in self.ec2_backend.all_instances() if not wanted or item.id in wanted)
    return original(self)


@PATCHES.around(InstanceResponse, "modify_instance_attribute")
def _modify_instance_attribute(original: Any, self: Any) -> Any:
    instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
    for name in ("InstanceType", "UserData", "EbsOptimized"):
        if self._get_param(f"{name}.Value") is not None and instance._state.name != "stopped":
            refuse("IncorrectInstanceState", f"The instance '{instance.id}' is not in the 'stopped' state.")
    user_data = self._get_param("UserData.Value")
    if isinstance(user_data, bytes):
        # moto decodes it on its way in, and then expects it encoded.
        self.params["UserData"]["Value"] = base64.b64encode(user_data).decode()
    return original(self)


@PATCHES.around(IamInstanceProfileAssociationBackend, "replace_iam_instance_profile_association")
def _replace_profile(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
    association = original(self, *args, **kwargs)
    told = {"Arn": association.iam_instance_profile.arn, "Id": association.association_id}
    association.instance.iam_instance_profile = told
    return association


@PATCHES.around(InstanceBackend, "modify_instance_security_groups")
def _modify_groups(original: Any, self: Any, instance_id: str, new_group_id_list: list[str]) -> Any:
    for id_ in new_group_id_list:
        if self.get_security_group_from_id(id_) is None:
            refuse("InvalidGroup.NotFound", f"The security group '{id_}' does not exist")
    instance = original(self, instance_id, new_group_id_list)
    instance.nics[0]._group_set = list(instance.security_groups)
    return instance


@PATCHES.around(InstanceBackend, "modify_instance_metadata_options")
def _modify_metadata_options(original: Any, self: Any, instance_id: str, **wanted: Any) -> Any:
    before = self.get_instance(instance_id).metadata_options
    names = {
        "http_tokens": "http_tokens",
        "hop_limit": "http_put_response_hop_limit",
        "http_endpoint": "http_endpoint",
        "http_protocol": "http_protocol_ipv6",
        "metadata_tags": "instance_metadata_tags",
    }
    kept = {asked: getattr(before, name) for asked, name in names.items() if wanted.get(asked) is None}
    return original(self, instance_id, **{**wanted, **kept})


@PATCHES.around(Subnet, "request_ip")
def _request_ip(original: Any, self: Any, ip: str, instance: Any) -> None:
    address = ipaddress.ip_address(ip)
    if address not in self.cidr or address in (*list(self.cidr)[:4], self.cidr.broadcast_address):
        refuse("InvalidParameterValue", f"Address {ip} does not fall within the subnet's address range")
    if ip in self._subnet_ips:
        refuse("InvalidIPAddress.InUse", f"Address {ip} is in use.")
    original(self, ip, instance)
