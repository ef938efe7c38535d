"""`metro verify --judges`: what OpenSCAP and Lynis say of hosts that have kernel and boot loader of their own."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from operations.console import Console
from operations.engine.cache import cache_directory, locked, require_space
from operations.errors import AnswerNo, MachineError
from operations.hosts.bare_image import ensure_bare_image
from operations.hosts.disk import build_disk
from operations.hosts.harden import baseline_inputs, run_playbook
from operations.hosts.image import GoldenImage, ensure_image
from operations.hosts.image_debian import ensure_tools
from operations.hosts.judges.guest import Guest, make_keys, seed_files, wire_of, write_seed, write_ssh_config
from operations.hosts.judges.kit import make_kit, openscap_version
from operations.hosts.judges.machine import TOOLS, accelerator, running, version
from operations.hosts.judges.record import Record
from operations.hosts.judges.report import Judged, show
from operations.hosts.judges.scanning import scan
from operations.hosts.judges.verdict import read_reasons, stale
from operations.hosts.running import choose_hosts
from operations.hosts.verification.binding import binding
from operations.hosts.verify import new_folder
from operations.paths import state_directory
from operations.territories import choose_territory
from operations.worlds.journal_authority import prepare_journal_authority
from operations.worlds.world import world_files
from playbooks.digest import playbook_digest
from providers.hosts.baseline import Baseline
from providers.hosts.batches import Mode
from providers.hosts.outcome import State
from providers.hosts.results import failure
from providers.hosts.settings import Settings
from territory.hosts import ROUTERS, HardeningLevel, Host, hosts
from territory.model import Territory

SPACE_GIB = 8.0
DEADLINE_SECONDS = 3600
"""For the playbook on one guest: in software, QEMU takes a hundred times as long as a container."""
PATIENCE = 10
"""How many times as long as other hosts a guest may be silent: in software, becoming root alone takes ten seconds."""


@dataclass(frozen=True)
class _Ground:
    """What every guest of one command is made from."""

    territory: Territory
    accelerator: str
    kit: Path
    work: Path
    evidence: Path
    console: Console


def judge(territory: str, names: Sequence[str], evidence: Path | None, *, before: bool, as_json: bool) -> None:
    """Boot the disk as each chosen host, harden it and let the judges in; with `before` also packages without roles.

    Raises `InputError` for a host that is not declared, `MachineError` where no guest can be made or judged, `AnswerNo`
    when a judge says less than was promised, or a rule is not met for no recorded reason.
    """
    console = Console(as_json=as_json)
    chosen = choose_territory(territory).model
    judged_hosts = choose_hosts(chosen, names) if names else representatives(hosts(chosen))
    reasons = read_reasons()
    if os.geteuid() != 0:
        raise MachineError("the judges look at a disk of the golden image, and making one needs root", "run as root")
    begun = datetime.now(UTC)
    default = world_files(state_directory(), chosen.name).directory / "evidence" / f"{begun:%Y%m%dT%H%M%SZ}-judges"
    folder = new_folder(evidence or default)
    with _workplace(console) as work:
        image, ground = _prepare(chosen, work, folder, console)
        record = Record(folder, _about(chosen.name, image, ground, begun), reasons)
        if before:
            _judge_bare(ground, judged_hosts, record)
        disk = work / "hardened.raw"
        with console.step("Making the image's disk") as progress:
            build_disk(image.tree, disk, progress)
        for host in judged_hosts:
            _judge(ground, host, disk, [host.level.value], record, hardened=True)
    result = record.conclude()
    show(console, record.judged, reasons)
    for rule in stale([found for each in record.judged if each.hardened for found in each.scans], reasons):
        console.warn(f"{rule} is met: its reason in playbooks/judged.yaml is no longer one")
    console.say(f"evidence: {folder}")
    if record.problems:
        raise AnswerNo("the judges say less than was promised:\n" + "\n".join(record.problems), None, result)
    console.result(result)


def representatives(of: Iterable[Host]) -> tuple[Host, ...]:
    """One host a level, the strictest first: one that is no router, if there is one, since routers are exceptions."""
    declared = sorted(of, key=lambda host: host.role in ROUTERS)
    first = (next((host for host in declared if host.level is level), None) for level in reversed(HardeningLevel))
    return tuple(host for host in first if host is not None)


def _prepare(territory: Territory, work: Path, evidence: Path, console: Console) -> tuple[GoldenImage, _Ground]:
    with console.step("Gathering the judges") as progress:
        ensure_tools(progress, TOOLS)
        make_kit(work / "kit", progress)
    with console.step("Golden image") as progress:
        image = ensure_image(progress)
    ground = _Ground(territory, accelerator(), work / "kit", work, evidence, console)
    if ground.accelerator == "tcg":
        console.say("KVM does not work here: QEMU runs in software, which takes ten minutes a host and more")
    return image, ground


def _about(territory: str, image: GoldenImage, ground: _Ground, begun: datetime) -> dict[str, Any]:
    bound = binding(territory, image.tree)
    return {
        **bound,
        "tools": {
            **bound["tools"],
            "openscap": openscap_version(),
            "qemu": version(),
            "accelerator": ground.accelerator,
        },
        "begun": begun.isoformat(timespec="seconds"),
    }


def _judge_bare(ground: _Ground, chosen: Sequence[Host], record: Record) -> None:
    """One guest for all levels: no role, so nothing that differs between them."""
    disk = ground.work / "bare.raw"
    with ground.console.step("Making a disk of packages without roles") as progress:
        build_disk(ensure_bare_image(progress), disk, progress)
    levels = list(dict.fromkeys(host.level.value for host in chosen))
    _judge(ground, chosen[0], disk, levels, record, hardened=False)
    disk.unlink()


def _judge(ground: _Ground, host: Host, disk: Path, levels: list[str], record: Record, *, hardened: bool) -> None:
    """Judge one guest. That it cannot be booted, hardened or judged is a problem of its own."""
    what = host.name if hardened else f"{host.name} without roles"
    try:
        record.take(_judged(ground, host, disk, levels, what, hardened=hardened))
    except (AnswerNo, MachineError) as error:
        problem = f"{what} was not judged: {error.message}"
        ground.console.warn(problem)
        record.miss(problem)


def _judged(ground: _Ground, host: Host, disk: Path, levels: list[str], what: str, *, hardened: bool) -> Judged:
    begun = time.monotonic()
    folder = ground.evidence / (f"{host.name}-hardened" if hardened else f"{host.name}-bare")
    folder.mkdir(mode=0o700, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=ground.work))
    wire, keys = wire_of(ground.territory, host), make_keys(work)
    seed = write_seed(seed_files(host.name, wire, keys), work)
    with running(ground.accelerator, disk, seed, wire, work) as machine:
        guest = Guest(host.name, write_ssh_config(host.name, machine.port, keys, work))
        with ground.console.step(f"{what}: booting") as progress:
            guest.wait(machine, progress)
        if hardened:
            _harden(ground, host, guest, folder)
        with ground.console.step(f"{what}: judging") as progress:
            scans, audit = scan(guest, ground.kit, levels, folder, progress)
    shutil.rmtree(work)  # one that failed goes with the whole workplace
    return Judged(host, hardened, tuple(scans), audit, round(time.monotonic() - begun, 1))


def _harden(ground: _Ground, host: Host, guest: Guest, folder: Path) -> None:
    authority = prepare_journal_authority(ground.work, ground.territory)
    settings = Settings(
        guest.ssh_config, folder / "harden", DEADLINE_SECONDS, DEADLINE_SECONDS, 1, authority, patience=PATIENCE
    )
    baseline = Baseline.of(baseline_inputs(ground.territory, host, host.name, playbook_digest()))
    outcome, _ = run_playbook(Mode.APPLY, [[baseline]], settings, ground.console)[host.name]
    if outcome.state is not State.DONE:
        raise AnswerNo(failure(host.name, outcome))


@contextmanager
def _workplace(console: Console) -> Generator[Path]:
    """A directory for disks, one command's at a time; what a killed one left there is removed."""
    work = cache_directory() / "judges-work"
    with ExitStack() as held:
        with console.step("Waiting for the judges") as progress:
            held.enter_context(locked("judges", progress))
        shutil.rmtree(work, ignore_errors=True)
        require_space(SPACE_GIB, "judging hosts")
        work.mkdir(mode=0o700)
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)
