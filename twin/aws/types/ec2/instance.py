"""aws.ec2.Instance: a virtual machine of the cloud."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from typing import Any, Final

from providers.logic import CheckFailure
from twin.aws.ec2 import (
    Item,
    by_prefix,
    ec2,
    every_of,
    find_ours,
    one,
    record,
    settled,
    tag_specifications,
    update_tags,
)
from twin.aws.session import Session
from twin.aws.spec import output, prop, request, unless_missing
from twin.aws.tags import TAGS
from twin.aws.types.ec2.instance_disk import ROOT_BLOCK_DEVICE, block_device_mappings, read_root_disk, update_root_disk
from twin.framework.declaration import Call, Changes, Given, Inputs, Kept, Record, ResourceType

WHEN_STOPPED: Final = {"instanceType": "InstanceType", "userData": "UserData"}
"""What EC2 changes only while the machine stands still."""
_GONE: Final = ("shutting-down", "terminated")
_MISSING: Final = "InvalidInstanceID.NotFound"


def _any_state(call: Call[Session], id_: str) -> Item | None:
    found = one(call, "describe_instances", "Reservations", "InstanceIds", id_, _MISSING)
    return None if found is None else {**found["Instances"][0], "StateName": found["Instances"][0]["State"]["Name"]}


def _found(call: Call[Session], id_: str) -> Item | None:
    found = _any_state(call, id_)
    return None if found is None or found["StateName"] in _GONE else found


def _wait(call: Call[Session], id_: str, doing: str, *passing: str) -> None:
    settled(call, f"{doing} {id_}", lambda: _any_state(call, id_), "StateName", *passing)


def _create(call: Call[Session], inputs: Inputs) -> str:
    names = ("ami", "instanceType", "keyName", "ebsOptimized", "disableApiTermination", "userData", "metadataOptions")
    arguments = request(INSTANCE.properties, inputs, names)
    if "iamInstanceProfile" in inputs:
        arguments["IamInstanceProfile"] = {"Name": inputs["iamInstanceProfile"]}
    made = ec2(call).run_instances(
        MinCount=1,
        MaxCount=1,
        Monitoring={"Enabled": bool(inputs.get("monitoring"))},
        **arguments,
        **_card(inputs),
        **block_device_mappings(call, inputs),
        **tag_specifications("instance", inputs),
    )
    return str(made["Instances"][0]["InstanceId"])


def _card(inputs: Inputs) -> dict[str, Any]:
    """Where the machine is plugged in; EC2 wants that said of a card once public addresses are spoken of."""
    names = {"subnetId": "SubnetId", "privateIp": "PrivateIpAddress"}
    place = {key: inputs[name] for name, key in names.items() if name in inputs}
    groups = inputs.get("vpcSecurityGroupIds")
    if "associatePublicIpAddress" not in inputs:
        return {**place, **({"SecurityGroupIds": groups} if groups else {})}
    card = {"DeviceIndex": 0, "AssociatePublicIpAddress": inputs["associatePublicIpAddress"], **place}
    return {"NetworkInterfaces": [{**card, **({"Groups": groups} if groups else {})}]}


def _settle(call: Call[Session], id_: str, inputs: Inputs) -> None:
    _wait(call, id_, "starting", "pending")
    if inputs.get("sourceDestCheck") is False:
        ec2(call).modify_instance_attribute(InstanceId=id_, SourceDestCheck={"Value": False})


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    found = _found(call, id_)
    if found is None:
        return None

    def attribute(name: str, key: str) -> Any:
        return ec2(call).describe_instance_attribute(InstanceId=id_, Attribute=name).get(key, {}).get("Value")

    user_data = attribute("userData", "UserData")
    (card, *_) = found["NetworkInterfaces"]
    profile = found.get("IamInstanceProfile")
    return {
        **record(call, "instance", id_, found, known),
        "vpcSecurityGroupIds": [item["GroupId"] for item in found["SecurityGroups"]],
        "iamInstanceProfile": profile["Arn"].rsplit("/", 1)[-1] if profile else None,
        "associatePublicIpAddress": "PublicIp" in (card.get("Association") or {}),
        "primaryNetworkInterfaceId": card["NetworkInterfaceId"],
        "monitoring": found["Monitoring"]["State"] in ("enabled", "pending"),
        "DisableApiTermination": attribute("disableApiTermination", "DisableApiTermination"),
        "UserData": base64.b64decode(user_data).decode() if user_data else None,
        "rootBlockDevice": read_root_disk(call, found),
        # EC2 says the same of a public name that is empty and of one that is not there.
        "publicDns": found.get("PublicDnsName") or "",
    }


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    client, new = ec2(call), changes.new

    def attribute(**values: Any) -> None:
        client.modify_instance_attribute(InstanceId=id_, **values)

    if changes.touch("vpcSecurityGroupIds"):
        attribute(Groups=new["vpcSecurityGroupIds"])
    if changes.touch("sourceDestCheck"):
        attribute(SourceDestCheck={"Value": new["sourceDestCheck"]})
    if changes.touch("disableApiTermination"):
        attribute(DisableApiTermination={"Value": bool(new.get("disableApiTermination"))})
    if changes.touch("metadataOptions"):
        wanted = request(INSTANCE.properties, new, ("metadataOptions",))["MetadataOptions"]
        client.modify_instance_metadata_options(InstanceId=id_, **wanted)
    if changes.touch("monitoring"):
        (client.monitor_instances if new.get("monitoring") else client.unmonitor_instances)(InstanceIds=[id_])
    if changes.touch("iamInstanceProfile"):
        _change_profile(call, id_, new.get("iamInstanceProfile"))
    if changes.touch("rootBlockDevice"):
        update_root_disk(call, id_, changes)
    if changes.touch(*WHEN_STOPPED):
        _while_stopped(call, id_, lambda: _change_machine(call, id_, changes))
    update_tags(call, id_, changes)


def _change_profile(call: Call[Session], id_: str, name: str | None) -> None:
    held = every_of(
        call, "describe_iam_instance_profile_associations", "IamInstanceProfileAssociations", {"instance-id": id_}
    )
    client, wanted = ec2(call), {"Name": name}
    if held and name:
        client.replace_iam_instance_profile_association(
            AssociationId=held[0]["AssociationId"], IamInstanceProfile=wanted
        )
    elif held:
        client.disassociate_iam_instance_profile(AssociationId=held[0]["AssociationId"])
    elif name:
        client.associate_iam_instance_profile(InstanceId=id_, IamInstanceProfile=wanted)


def _change_machine(call: Call[Session], id_: str, changes: Changes) -> None:
    for name, key in WHEN_STOPPED.items():
        if changes.touch(name):
            ec2(call).modify_instance_attribute(InstanceId=id_, **{key: {"Value": changes.new.get(name) or ""}})


def _while_stopped(call: Call[Session], id_: str, change: Callable[[], None]) -> None:
    ec2(call).stop_instances(InstanceIds=[id_])
    _wait(call, id_, "stopping", "pending", "running", "stopping")
    change()
    ec2(call).start_instances(InstanceIds=[id_])
    _wait(call, id_, "starting", "pending", "stopped")


def _delete(call: Call[Session], id_: str, known: Inputs) -> None:
    if known.get("forceDestroy") and _found(call, id_) is not None:
        ec2(call).modify_instance_attribute(InstanceId=id_, DisableApiTermination={"Value": False})
    unless_missing(lambda: ec2(call).terminate_instances(InstanceIds=[id_]), _MISSING)
    _wait(call, id_, "terminating", "pending", "running", "shutting-down", "stopped", "stopping")


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return find_ours(
        call,
        inputs,
        "describe_instances",
        "Reservations",
        "InstanceId",
        lambda item: item["State"]["Name"] not in _GONE,
        inside="Instances",
    )


def _is_complete(inputs: Inputs) -> Iterable[CheckFailure]:
    for name in ("ami", "instanceType", "subnetId"):
        if name not in inputs:
            yield CheckFailure(name, f"`{name}` is needed: the twin has no launch templates and no default network")


def _other_user_data(_old: Inputs, new: Inputs) -> Iterable[str]:
    return ("userData",) if new.get("userDataReplaceOnChange") else ()


INSTANCE = ResourceType[Session](
    "aws:ec2/instance:Instance",
    properties=(
        prop("ami", "ImageId", replaces=True, samples=(Given("image"), Given("other image"))),
        prop("instanceType", samples=("t3.micro", "t3.small")),
        prop("subnetId", replaces=True, samples=(Given("subnet"), Given("other subnet"))),
        prop("privateIp", "PrivateIpAddress", computed=True, replaces=True, samples=("10.80.1.50", "10.80.1.51")),
        prop(
            "associatePublicIpAddress",
            "associatePublicIpAddress",
            computed=True,
            replaces=True,
            samples=(False, True),
        ),
        prop(
            "vpcSecurityGroupIds",
            "vpcSecurityGroupIds",
            computed=True,
            unordered=True,
            samples=([Given("group")], [Given("other group")], [Given("group"), Given("other group")]),
        ),
        prop("keyName", computed=True, replaces=True, samples=(Given("key pair"), Given("other key pair"))),
        prop(
            "iamInstanceProfile",
            "iamInstanceProfile",
            computed=True,
            samples=(Given("profile"), Given("other profile")),
        ),
        prop("ebsOptimized", computed=True, replaces=True, samples=(True, False)),
        prop("monitoring", "monitoring", computed=True, samples=(True, False)),
        prop("disableApiTermination", computed=True, samples=(True, False)),
        prop("sourceDestCheck", default=True, samples=(False, True)),
        prop("userData", samples=("#cloud-config\nhostname: north\n", "#cloud-config\nhostname: south\n")),
        prop("userDataReplaceOnChange", kept=Kept.STATE, default=False, samples=(True,)),
        prop("forceDestroy", kept=Kept.STATE, default=False, samples=(True,)),
        prop(
            "metadataOptions",
            computed=True,
            fields=(
                prop("httpEndpoint", computed=True, allowed=("enabled", "disabled")),
                prop("httpTokens", computed=True, allowed=("optional", "required")),
                prop("httpPutResponseHopLimit", computed=True, low=1, high=64),
                prop("instanceMetadataTags", computed=True, allowed=("enabled", "disabled")),
            ),
            samples=(
                {"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1},
                {"httpEndpoint": "enabled", "httpTokens": "optional", "httpPutResponseHopLimit": 2},
            ),
        ),
        ROOT_BLOCK_DEVICE,
        *TAGS,
    ),
    outputs=(
        output("arn"),
        output("instanceState", "StateName", volatile=True),
        output("primaryNetworkInterfaceId", "primaryNetworkInterfaceId"),
        output("privateDns", "PrivateDnsName"),
        output("publicDns", "publicDns"),
        output("publicIp", "PublicIpAddress", volatile=True),
    ),
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    locate=by_prefix("i-"),
    identify=_identify,
    replacing=_other_user_data,
    # A machine with an address of its own cannot stand beside the one that has it.
    identity=("subnetId", "privateIp"),
    rules=(_is_complete,),
    import_syntax="i-…",
)
