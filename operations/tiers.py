"""The worlds a command can work on, what is real in each and what it cannot show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from operations.console import Console
from operations.errors import InputError
from operations.hosts import ground


class Tier(StrEnum):
    """From the least to the most real."""

    PLAN = "plan"
    API = "api"
    HOST = "host"
    REAL = "real"


@dataclass(frozen=True)
class TierFacts:
    """What a person has to know to trust a tier's answers no further than they reach."""

    real: str
    cannot_show: str = ""
    """Empty where there is nothing it cannot show."""


FACTS: dict[Tier, TierFacts] = {
    Tier.PLAN: TierFacts(
        real="the program, run offline",
        cannot_show="whether an engine or a provider accepts it: nothing is created and no API is called",
    ),
    Tier.API: TierFacts(
        real="the Pulumi engine, its state, the vSphere API of simulated vCenters and the AWS API of a simulated cloud",
        cannot_show="hosts that boot and are hardened, traffic on the links: its virtual machines are records",
    ),
    Tier.HOST: TierFacts(
        real="as api, and every virtual machine a Linux system of its own, with its cards on the declared segments",
        cannot_show=(
            "a kernel and a boot loader of each host's own (all share this machine's), routes between datacenters "
            "(no router speaks BGP yet), the hardware"
        ),
    ),
    Tier.REAL: TierFacts(real="everything, and every change is a change of the platform people use"),
}

TWIN = (Tier.HOST, Tier.API)
"""The tiers of the twin, the most real first: the default is the first of them that this machine can run."""


def choose_tier(
    asked: str | None, allowed: tuple[Tier, ...] = (Tier.HOST, Tier.API, Tier.REAL), hosts: int = 0
) -> Tier:
    """The tier a command works on; `hosts` is how many would run.

    `real` is only ever the answer when it was asked for by name. Raises `InputError` for a name that is no tier or a
    tier the command has no use for, `MachineError` for a host tier that this machine cannot run.
    """
    if asked is None:
        usual = [tier for tier in TWIN if tier in allowed and (tier is not Tier.HOST or not _against(hosts))]
        return usual[0] if usual else allowed[0]
    try:
        tier = Tier(asked)
    except ValueError:
        names = ", ".join(Tier)
        raise InputError(f"there is no tier {asked!r}", f"choose one of: {names}") from None
    if tier not in allowed:
        names = ", ".join(allowed)
        raise InputError(f"this command does not work on tier {tier}", f"choose one of: {names}")
    if tier is Tier.HOST:
        ground.refuse_where_no_host_can_run()
    return tier


def _against(hosts: int) -> ground.Obstacle | None:
    return ground.obstacle() or ground.crowd(hosts)


def tell_tier(tier: Tier, asked: str | None, console: Console, hosts: int = 0) -> None:
    """Open a command: what is real, what cannot be seen and, where nobody chose it, why it is no higher tier."""
    console.say(announcement(tier))
    found = _against(hosts) if asked is None and tier is Tier.API else None
    if found is not None:
        console.warn(f"no host will run and none will be hardened: {found.what}; {found.remedy} for the host tier")


def announcement(tier: Tier) -> str:
    """The line a command opens with."""
    facts = FACTS[tier]
    limits = f"; it cannot show {facts.cannot_show}" if facts.cannot_show else ""
    return f"tier {tier}: real here is {facts.real}{limits}"
