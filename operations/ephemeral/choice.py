"""Choosing the territory a change is about, and making or renewing an ephemeral one on the way."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from operations.console import Console
from operations.deployment.project import Project
from operations.deployment.stack_configuration import deployed_stacks
from operations.ephemeral.copies import renamed_copy
from operations.ephemeral.duration import parse_duration, say_duration
from operations.ephemeral.lease import Lease, Leases, rfc3339
from operations.errors import AnswerNo, InputError
from operations.recovery.run_lock import hold
from operations.territories import ChosenTerritory, choose_territory, shipped_territories
from operations.tiers import Tier
from operations.worlds.world import world_files
from territory.loader import TERRITORIES
from territory.model import Identifier


@dataclass(frozen=True)
class EphemeralWish:
    """A copy of a territory that was asked for."""

    name: str
    lives: timedelta


def wish_for(name: str | None, ttl: str | None, default: str) -> EphemeralWish | None:
    """What `--ephemeral NAME --ttl DURATION` ask for. Raises `InputError` for what cannot be a name or a duration."""
    if name is None:
        if ttl is not None:
            raise InputError("--ttl says how long an ephemeral territory lives", "add --ephemeral NAME")
        return None
    try:
        TypeAdapter(Identifier).validate_python(name)
    except ValidationError:
        raise InputError(
            f"{name!r} cannot be the name of a territory",
            "lower-case words and digits joined by hyphens, at most 40 characters: drill-7",
        ) from None
    if name in shipped_territories():
        raise InputError(f"{name} is a territory of this checkout", "choose a name that nothing has yet: drill-7")
    return EphemeralWish(name, parse_duration(ttl or default))


@contextmanager
def chosen_for_change(
    state: Path,
    name_or_path: str,
    tier: Tier,
    wish: EphemeralWish | None,
    console: Console,
    *,
    upwards: bool,
    wait: bool,
) -> Generator[ChosenTerritory]:
    """The territory to change; an ephemeral one is not taken down by the janitor while the body runs.

    With a wish it is a copy of the one that is named, made now or, when it is there already, given time anew.
    """
    source = choose_territory(name_or_path)
    lease = source.lease
    if wish is None and lease is None:
        yield source
        return
    if tier is Tier.REAL:
        raise InputError(
            "an ephemeral territory lives in a twin: for real it would stand in the addresses of the one it copies",
            "leave --tier real out, or give it vCenters and accounts of its own: stacks/config/README.md",
        )
    name = wish.name if wish else source.model.name
    doing = f"metro {'up' if upwards else 'down'}"
    with hold(state, lease_lock(name), doing, console, wait=wait):
        if wish:
            is_new = Leases(state).find(name) is None
            try:
                yield _granted(state, source, wish, console)
            except InputError:
                if is_new and not deployed_stacks(Project(state), name):
                    Leases(state).forget(name)
                raise
            return
        chosen = choose_territory(name)
        if upwards and chosen.lease and chosen.lease.is_due(datetime.now(UTC)):
            raise AnswerNo(
                f"the time of {name} was up at {rfc3339(chosen.lease.expires)}",
                f"give it time anew: ./metro up -t {chosen.lease.source} --ephemeral {name} --ttl 2h",
            )
        yield chosen


def lease_lock(name: str) -> str:
    """The lock that is held while an ephemeral territory's record is changed or acted upon."""
    return f"{name}.lease"


def _granted(state: Path, source: ChosenTerritory, wish: EphemeralWish, console: Console) -> ChosenTerritory:
    if source.lease is not None:
        raise InputError(
            f"{source.model.name} is ephemeral itself, a copy of {source.lease.source}",
            f"copy that: ./metro up -t {source.lease.source} --ephemeral {wish.name}",
        )
    leases = Leases(state)
    now = datetime.now(UTC).replace(microsecond=0)
    leases.sweep(now)
    before = leases.find(wish.name)
    made = before.made if before else now
    lease = Lease(name=wish.name, source=source.reference, made=made, expires=now + wish.lives)
    if before is None:
        _refuse_taken(state, wish.name)
        folder = Path(source.reference)
        folder = folder if folder.is_absolute() else TERRITORIES / folder
        leases.add(lease, renamed_copy(folder, wish.name).items())
    elif before.source != source.reference:
        raise InputError(
            f"{wish.name} is a copy of {before.source}, not of {source.reference}",
            f"choose another name, or take it down: ./metro down -t {wish.name}",
        )
    else:
        leases.renew(lease)
    told = "is there already; its copy stays as it is, and it" if before else f"copies {source.model.name} and"
    console.say(f"{wish.name} {told} lives {say_duration(wish.lives)}, until {rfc3339(lease.expires)}")
    return choose_territory(wish.name)


def _refuse_taken(state: Path, name: str) -> None:
    """A name that somebody's stacks or world have would make them the janitor's."""
    stacks = deployed_stacks(Project(state), name)
    if stacks or world_files(state, name).world.exists():
        there = f"the stack {stacks[0].name}" if stacks else "a world of that name"
        raise InputError(f"{name} is taken: there is {there}", "choose a name that nothing has yet")
