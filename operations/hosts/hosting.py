"""Letting a world's machines run, and waiting until they can be worked on."""

from __future__ import annotations

import time
from collections.abc import Collection
from pathlib import Path

from operations.console import Console, Progress
from operations.errors import AnswerNo
from operations.hosts.ground import make_ground
from operations.hosts.image import ensure_image
from operations.worlds.session import machine_error
from twin.client import TwinClient
from twin.errors import TwinError
from twin.hosts.report import GuestReport, GuestState, read_report
from twin.worlds import HOSTS_DIRECTORY

BOOT_SECONDS = 300.0
"""For all hosts together, since the last one that came up: many boot side by side on few processors."""
UNKNOWN_SECONDS = 30.0
"""The same while none is on its way: what the APIs do not name by then they never will."""
_POLL_SECONDS = 0.3


def run_hosts(client: TwinClient, territory: str, console: Console) -> None:
    """Let every machine of a started world run, from the golden image, which is built if need be."""
    with console.step("Making the host tier's ground ready") as progress:
        make_ground(progress)
    with console.step("Making the golden image ready") as progress:
        image = ensure_image(progress)
    try:
        before = next((world.hosts for world in client.status().worlds if world.territory == territory), None)
        if before is not None and before.image != str(image.tree):
            console.warn(f"the golden image is another one: every host of {territory} starts anew from it")
        client.start_hosts(territory, image.tree)
    except TwinError as error:
        raise machine_error(error) from error


def await_hosts(world: Path, names: Collection[str], progress: Progress) -> None:
    """Block until hosts of these names have booted. Raises `AnswerNo` naming those that do not come up."""
    begun, up = time.monotonic(), -1
    while True:
        found = {guest.name: guest for guest in read_report(world / HOSTS_DIRECTORY) if guest.name in names}
        running = [guest for guest in found.values() if guest.state is GuestState.RUNNING]
        if len(running) == len(names):
            return
        if len(running) > up:
            up, begun = len(running), time.monotonic()
            progress(f"{up} of {len(names)} hosts have booted")
        booting = any(guest.state is GuestState.BOOTING for guest in found.values())
        waited = time.monotonic() - begun
        if waited > (BOOT_SECONDS if booting else UNKNOWN_SECONDS):
            raise AnswerNo(
                f"{len(names) - len(running)} hosts have not booted, and none has for {waited:.0f} s: "
                + "; ".join(_why(name, found.get(name)) for name in names if found.get(name) not in running),
                f"see {(world / HOSTS_DIRECTORY).with_suffix('.log')}, then run the same command again",
            )
        time.sleep(_POLL_SECONDS)


def _why(name: str, guest: GuestReport | None) -> str:
    if guest is None:
        return f"{name} (no API knows it)"
    return f"{name} ({guest.state}{f': {guest.problem}' if guest.problem else ''})"
