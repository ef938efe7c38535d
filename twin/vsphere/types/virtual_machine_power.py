"""Turning virtual machines on and off, and waiting for their guests, as patiently as the inputs say."""

from __future__ import annotations

import ipaddress
from typing import Any, Final

from pyVmomi import vmodl

from providers.logic import ProviderError
from twin.framework.declaration import Call, Inputs
from twin.framework.values import Plain
from twin.vsphere.session import Session

POLL_SECONDS: Final = 0.5


def power_on(call: Call[Session], vm: Any, inputs: Inputs) -> None:
    """Power the machine on if it is not, within `poweronTimeout` seconds."""
    if _state(call, vm) != "poweredOn":
        limit = call.deadline.within(inputs["poweronTimeout"])
        call.world.wait(vm.PowerOnVM_Task(None), limit, "powering the machine on")


def power_off(call: Call[Session], vm: Any, inputs: Inputs, force: bool) -> None:
    """Power the machine off: its guest is asked first if it can be, for `shutdownWaitTimeout` minutes.

    Raises `ProviderError` when the guest does not comply and `force` forbids to go on.
    """
    if _state(call, vm) == "poweredOn" and _guest_can_shut_down(call, vm):
        if _shut_down(call, vm, 60.0 * inputs.get("shutdownWaitTimeout", 3)):
            return
        if not force:
            raise ProviderError("the guest did not shut down in time, and forcePowerOff is false")
    if _state(call, vm) != "poweredOff":
        call.world.wait(vm.PowerOffVM_Task(), call.deadline, "powering the machine off")


def _state(call: Call[Session], vm: Any) -> str:
    return str((call.world.get(vm, "runtime.powerState") or {}).get("runtime.powerState"))


def _guest_can_shut_down(call: Call[Session], vm: Any) -> bool:
    seen = call.world.get(vm, "guest.toolsRunningStatus") or {}
    return str(seen.get("guest.toolsRunningStatus")) == "guestToolsRunning"


def _shut_down(call: Call[Session], vm: Any, seconds: float) -> bool:
    try:
        vm.ShutdownGuest()
    except vmodl.MethodFault:
        return False
    while _state(call, vm) != "poweredOff":
        if seconds <= 0:
            return False
        call.deadline.pause(POLL_SECONDS, "shutting the guest down")
        seconds -= POLL_SECONDS
    return True


def addresses(facts: dict[str, Any] | None, ignored: Plain = None) -> list[str]:
    """The addresses the guest reports in `guest.net`."""
    found: list[str] = []
    for card in (facts or {}).get("guest.net") or []:
        found += [str(address) for address in card.ipAddress or []]
    return [address for address in found if address not in (ignored or [])]


def await_guest(call: Call[Session], vm: Any, inputs: Inputs) -> None:
    """Wait until the guest reports addresses, in minutes as the official provider counts; zero or less: do not wait."""
    _await(call, vm, inputs, inputs["waitForGuestIpTimeout"], routable=False)
    _await(call, vm, inputs, inputs["waitForGuestNetTimeout"], routable=inputs["waitForGuestNetRoutable"])


def _await(call: Call[Session], vm: Any, inputs: Inputs, minutes: int, routable: bool) -> None:
    seconds = 60.0 * minutes
    while minutes > 0:
        seen = addresses(call.world.get(vm, "guest.net"), inputs.get("ignoredGuestIps"))
        if any(_useful(address, routable) for address in seen):
            return
        if seconds <= 0:
            raise ProviderError("timeout waiting for an available IP address")
        call.deadline.pause(POLL_SECONDS, "waiting for an available IP address")
        seconds -= POLL_SECONDS


def _useful(address: str, routable: bool) -> bool:
    parsed = ipaddress.ip_address(address)
    return not parsed.is_loopback and not (routable and parsed.is_link_local)
