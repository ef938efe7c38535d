"""The machines of one vCenter, and what their guest tools would tell it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

from pyVmomi import vim, vmodl

from providers.logic import ProviderError
from twin.hosts.machine import Card, FirstHop, Machine, Segment, Sighting, SourceError
from twin.hosts.seed import SeedError, guestinfo_seed
from twin.vsphere.inventory import all_of, moid
from twin.vsphere.session import Session, connect, describe

Fibres = Mapping[str, Mapping[str, str]]
"""Host to the fibre that each of its network cards is on: `{"lac-esxi-1": {"vmnic0": "lac-lan-a"}}`."""

_MACHINE: Final = (
    "name",
    "config.uuid",
    "config.template",
    "config.extraConfig",
    "config.hardware.device",
    "config.hardware.memoryMB",
    "runtime.powerState",
    "runtime.host",
    "summary.runtime.bootTime",
)
_VERSION: Final = ("name", "config.changeVersion", "runtime.powerState", "runtime.host", "summary.runtime.bootTime")
_THOROUGH_SECONDS: Final = 5.0
"""After which everything is read again: a port group may lead elsewhere, which no machine's version tells."""


class VCenterSource:
    """Reads a vCenter as its users do; a lost session is opened again."""

    def __init__(self, id_: str, server: str, account: tuple[str, str], fibres: Fibres) -> None:
        self.name = f"vCenter {id_}"
        self._server = server
        self._account = account
        self._fibres = fibres
        self._session: Session | None = None
        self._seen: tuple[object, tuple[Machine, ...]] = (None, ())
        """What told the machines apart from others at the last thorough look, and they."""
        self._stale_at = 0.0

    def machines(self) -> tuple[Machine, ...]:
        """Every machine that is no template. Raises `SourceError`.

        Between thorough looks, which read every device of every machine, it is enough to see that none has changed.
        """
        try:
            session = self._open()
            every = all_of(session, vim.VirtualMachine)
            now = [(moid(vm), facts) for vm, facts in session.many(every, *_VERSION)]
            if self._seen[0] != now or time.monotonic() > self._stale_at:
                self._seen = (now, self._thoroughly(session, every))
                self._stale_at = time.monotonic() + _THOROUGH_SECONDS
            return self._seen[1]
        except (ProviderError, vmodl.MethodFault, OSError) as error:
            self._session = None
            raise SourceError(f"{self.name} does not answer: {describe(error)}") from error

    def _thoroughly(self, session: Session, every: list[Any]) -> tuple[Machine, ...]:
        rows = session.many(every, *_MACHINE)
        rows = [(vm, facts) for vm, facts in rows if not facts.get("config.template") and facts.get("config.uuid")]
        wires = _Wires(session, self._fibres) if rows else None
        return tuple(_machine(facts, wires) for _, facts in rows if wires)

    def first_hops(self) -> Mapping[Segment, FirstHop]:
        """None: those of a datacenter stood before the vCenter did, and `world.yaml` names them."""
        return {}

    def report(self, machine: Machine, sighting: Sighting | None) -> None:
        """Set what a vCenter knows of a guest. Raises `SourceError`."""
        told = {
            "SET.guest.ipAddress": _first_address(machine, sighting),
            "SET.guest.hostName": sighting.hostname if sighting else "",
            "SET.guest.toolsRunningStatus": "guestToolsRunning" if sighting else "guestToolsNotRunning",
        }
        try:
            session = self._open()
            vm = session.content.searchIndex.FindByUuid(None, machine.id, True, False)
            if vm is None:
                return
            options = [vim.option.OptionValue(key=key, value=value) for key, value in told.items()]
            vm.ReconfigVM_Task(vim.vm.ConfigSpec(extraConfig=options))
        except (ProviderError, vmodl.MethodFault, OSError) as error:
            self._session = None
            raise SourceError(f"{self.name} does not take what {machine.name} reports: {describe(error)}") from error

    def _open(self) -> Session:
        if self._session is None:
            # The simulator's certificate is its own; the address is loopback and came from world.yaml.
            self._session = connect(self._server, *self._account, verify=False)
        return self._session


class _Wires:
    """Which segment a card on a distributed port reaches from a host, as the vCenter is configured now."""

    def __init__(self, session: Session, fibres: Fibres) -> None:
        self._fibres = fibres
        hosts = session.many(all_of(session, vim.HostSystem), "name")
        self._hosts = {moid(host): str(facts["name"]) for host, facts in hosts}
        groups = session.many(
            all_of(session, vim.dvs.DistributedVirtualPortgroup),
            "key",
            "config.defaultPortConfig",
            "config.distributedVirtualSwitch",
        )
        self._groups = {str(facts["key"]): facts for _, facts in groups}
        switches = session.many(all_of(session, vim.DistributedVirtualSwitch), "config.host", "config.uplinkPortPolicy")
        self._switches = {moid(switch): facts for switch, facts in switches}

    def segment(self, group_key: str, host: str) -> Segment | None:
        """The segment; None where nothing leads out of the host."""
        group = self._groups.get(group_key)
        if group is None:
            return None
        settings = group["config.defaultPortConfig"]
        order = settings.uplinkTeamingPolicy.uplinkPortOrder if settings.uplinkTeamingPolicy else None
        active: list[str] = list(order.activeUplinkPort or []) if order else []
        switch = self._switches.get(moid(group["config.distributedVirtualSwitch"]), {})
        names: list[str] = list(getattr(switch.get("config.uplinkPortPolicy"), "uplinkPortName", None) or [])
        device = _device(switch.get("config.host") or [], host, names, active)
        fibre = self._fibres.get(self._hosts.get(host, ""), {}).get(device or "")
        if fibre is None:
            return None
        vlan = getattr(settings.vlan, "vlanId", 0) if settings.vlan else 0
        return Segment(fibre, vlan if isinstance(vlan, int) else 0)


def _device(members: list[Any], host: str, names: list[str], active: list[str]) -> str | None:
    """The physical card behind the first active uplink: uplinks are given a host's cards in their order."""
    for member in members:
        if moid(member.config.host) != host or not active or active[0] not in names:
            continue
        cards = list(getattr(member.config.backing, "pnicSpec", None) or [])
        position = names.index(active[0])
        return str(cards[position].pnicDevice) if position < len(cards) else None
    return None


def _machine(facts: Mapping[str, Any], wires: _Wires) -> Machine:
    host = moid(facts["runtime.host"]) if facts.get("runtime.host") else ""
    cards = tuple(
        Card(str(device.macAddress).lower(), wires.segment(_group_key(device), host))
        for device in facts.get("config.hardware.device", [])
        if isinstance(device, vim.vm.device.VirtualEthernetCard)
    )
    extra = {str(option.key): str(option.value) for option in facts.get("config.extraConfig", [])}
    fault = ""
    try:
        seed = guestinfo_seed(extra)
    except SeedError as error:
        seed, fault = {}, str(error)
    on = facts.get("runtime.powerState") == vim.VirtualMachine.PowerState.poweredOn
    return Machine(
        id=str(facts["config.uuid"]),
        name=str(facts["name"]),
        boot=str(facts.get("summary.runtime.bootTime", "")) if on else None,
        cards=cards,
        seed=seed,
        memory_mib=int(facts.get("config.hardware.memoryMB", 0)),
        fault=fault,
    )


def _group_key(device: Any) -> str:
    port = getattr(device.backing, "port", None)
    return str(port.portgroupKey) if port else ""


def _first_address(machine: Machine, sighting: Sighting | None) -> str:
    """Of the first card that has one, as VMware Tools reports it."""
    found = (sighting.addresses.get(card.mac, ()) for card in machine.cards) if sighting else ()
    return next((str(addresses[0].ip) for addresses in found if addresses), "")
