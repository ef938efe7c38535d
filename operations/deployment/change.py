"""`up` and `down`: which world, whose word, and the answer as a person and as a program read it."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from operations.console import Console
from operations.deployment.engine_events import StackReport
from operations.deployment.real import change_real
from operations.deployment.schedule import inside_hosts
from operations.deployment.stacks import Changed, raise_for
from operations.deployment.twin import Wishes, deploy, withdraw
from operations.ephemeral.choice import EphemeralWish, chosen_for_change
from operations.ephemeral.lease import rfc3339
from operations.ephemeral.removal import remove_ephemeral
from operations.errors import MetroError
from operations.paths import state_directory
from operations.resource_types import added, say_types
from operations.territories import ChosenTerritory, choose_territory
from operations.tiers import Tier, choose_tier, tell_tier
from territory.hosts import hosts


class Change(StrEnum):
    """The two directions."""

    UP = "up"
    DOWN = "down"


def run_change(
    change: Change,
    territory: str,
    tier: str | None,
    wishes: Wishes,
    *,
    approved: str | None,
    keep_twin: bool = False,
    copy: EphemeralWish | None = None,
    as_json: bool = False,
) -> None:
    """Do what `up` or `down` asks, print the result, raise when the answer is no.

    `approved` is the territory's name for a `down`, and for an `up` the file of an approval.
    """
    console = Console(as_json=as_json)
    # A copy is for those who try a change: its hosts only run when that is asked for.
    wanted = tier or (str(Tier.API) if copy else None)
    many = len(hosts(choose_territory(territory).model)) if wanted is None else 0
    world = choose_tier(wanted, hosts=many)
    state = state_directory()
    upwards = change is Change.UP
    with chosen_for_change(state, territory, world, copy, console, upwards=upwards, wait=wishes.wait) as chosen:
        tell_tier(world, wanted, console, many)
        if upwards and approved is not None:
            wishes, approved = _held_to(approved, chosen, world, wishes, console)
        if world is Tier.REAL:
            changed = change_real(upwards, chosen, wishes, approved, console)
        elif upwards:
            changed = deploy(state, chosen, replace(wishes, hosts=world is Tier.HOST), console)
        elif chosen.lease and not wishes.only and not keep_twin:
            changed = Changed(remove_ephemeral(state, chosen.model.name, wishes, console))
        else:
            changed = Changed(withdraw(state, chosen, wishes, console, keep_twin=keep_twin))
    result = _result(world, chosen, changed)
    try:
        raise_for(changed.stacks)
    except MetroError as error:
        console.fail(error, result)
        raise SystemExit(error.exit_code) from error
    _summarise(console, chosen, changed.stacks)
    if world is Tier.HOST and upwards and inside_hosts(chosen.stacks) & {report.name for report in changed.stacks}:
        result["verify"] = _verified(chosen, console, result)
    console.result(result)


def _verified(territory: ChosenTerritory, console: Console, result: dict[str, object]) -> dict[str, object]:
    """What the hosts say of themselves, now that they are as the playbook has them."""
    from operations.hosts.running import running_hosts  # noqa: PLC0415 - only where hosts run
    from operations.hosts.verify import check, refuse_unless_all_holds  # noqa: PLC0415 - likewise

    found = check(territory, hosts(territory.model), running_hosts(territory), None, console)
    refuse_unless_all_holds(territory.model.name, found, {**result, "verify": found})
    return found


def _held_to(file: str, territory: ChosenTerritory, tier: Tier, wishes: Wishes, console: Console) -> tuple[Wishes, str]:
    """Wishes that hold the deployment to an approval, whose plan has to be this checkout's, and its territory."""
    from operations.review.approval import checkout_digest, read_approval  # noqa: PLC0415 - plans, which few ups ask for

    approval = read_approval(Path(file))
    approval.check_target(territory.model.name, str(tier))
    approval.check_plan(checkout_digest(territory.model.name, console))
    return replace(wishes, approval=approval), approval.territory


def _result(tier: Tier, territory: ChosenTerritory, changed: Changed) -> dict[str, object]:
    reports = changed.stacks
    return {
        "tier": str(tier),
        "territory": territory.model.name,
        **({"expires": rfc3339(territory.lease.expires)} if territory.lease else {}),
        **_gate(changed),
        "stacks": [report.as_json() for report in reports],
        "changes": sum(report.changes for report in reports),
        "by_type": added(report.by_type for report in reports),
    }


def _gate(changed: Changed) -> dict[str, object]:
    if changed.gate is None:
        return {}
    from operations.gate.report_view import summary  # noqa: PLC0415 - nothing to load where no rule was asked

    return {"gate": summary(changed.gate)}


def _summarise(console: Console, territory: ChosenTerritory, reports: list[StackReport]) -> None:
    changes = sum(report.changes for report in reports)
    said = f"{changes} changes" if changes else "nothing to change"
    if changes:
        say_types(console, added(report.by_type for report in reports))
    console.say(f"{territory.model.name}: {len(reports)} stacks, {said}")
