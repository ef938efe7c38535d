"""The machines of one simulated cloud region."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Interface, IPv4Network
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from twin.aws.boto import Place, client
from twin.hosts.machine import Card, FirstHop, Machine, Segment, Sighting, SourceError
from twin.hosts.seed import SeedError, instance_seed, router_of

_SMALLEST_MIB = 512
"""Memory of a guest whose instance type says nothing."""


class CloudSource:
    """Reads a cloud's EC2 API as its users do."""

    def __init__(self, id_: str, place: Place) -> None:
        self.name = f"cloud {id_}"
        self._place = place
        self._user_data: dict[str, str] = {}
        self._memory: dict[str, int] = {}
        self._subnets: dict[str, IPv4Network] = {}

    def machines(self) -> tuple[Machine, ...]:
        """Every instance that is not terminated. Raises `SourceError`."""
        try:
            ec2 = client(self._place, "ec2")
            found = [
                instance
                for reservation in ec2.describe_instances()["Reservations"]
                for instance in reservation["Instances"]
                if instance["State"]["Name"] not in ("shutting-down", "terminated")
            ]
            self._subnets = {
                str(subnet["SubnetId"]): IPv4Network(subnet["CidrBlock"])
                for subnet in (ec2.describe_subnets()["Subnets"] if found else [])
            }
            return tuple(self._machine(ec2, instance) for instance in found)
        except (BotoCoreError, ClientError, OSError) as error:
            raise SourceError(f"{self.name} does not answer: {error}") from error

    def first_hops(self) -> Mapping[Segment, FirstHop]:
        """The cloud's own router in every subnet, as of the last look."""
        return {Segment(id_): FirstHop((router_of(subnet),), site="") for id_, subnet in self._subnets.items()}

    def report(self, machine: Machine, sighting: Sighting | None) -> None:
        """Nothing: a cloud knows the address it gave, and asks no guest."""

    def _machine(self, ec2: Any, instance: dict[str, Any]) -> Machine:
        id_ = str(instance["InstanceId"])
        cards = instance.get("NetworkInterfaces", [])
        fault, seed = "", {}
        first = cards[0] if cards else None
        subnet = self._subnets.get(str(first["SubnetId"])) if first else None
        running = instance["State"]["Name"] == "running"
        if not running:
            # It may be given other user data now, which counts from its next start.
            self._user_data.pop(id_, None)
        if first and subnet:
            interface = IPv4Interface((str(first["PrivateIpAddress"]), subnet.prefixlen))
            try:
                seed = instance_seed(id_, self._told(ec2, id_), str(first["MacAddress"]).lower(), interface)
            except SeedError as error:
                fault = str(error)
        return Machine(
            id=id_,
            name=_name(instance) or id_,
            boot=str(instance["LaunchTime"]) if running else None,
            cards=tuple(Card(str(card["MacAddress"]).lower(), Segment(str(card["SubnetId"]))) for card in cards),
            seed=seed,
            memory_mib=self._memory_of(ec2, str(instance["InstanceType"])),
            fault=fault,
        )

    def _told(self, ec2: Any, instance: str) -> str:
        """The user data, base64."""
        if instance not in self._user_data:
            answer = ec2.describe_instance_attribute(InstanceId=instance, Attribute="userData")
            self._user_data[instance] = str(answer.get("UserData", {}).get("Value", ""))
        return self._user_data[instance]

    def _memory_of(self, ec2: Any, kind: str) -> int:
        if kind not in self._memory:
            types = ec2.describe_instance_types(InstanceTypes=[kind])["InstanceTypes"]
            self._memory[kind] = int(types[0]["MemoryInfo"]["SizeInMiB"]) if types else _SMALLEST_MIB
        return self._memory[kind]


def _name(instance: dict[str, Any]) -> str:
    return next((str(tag["Value"]) for tag in instance.get("Tags", []) if tag["Key"] == "Name"), "")
