"""The worlds a command can work on, what is real in each and what it cannot show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from operations.errors import InputError, MachineError


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
        cannot_show="guests that boot, traffic on the links, failover times: its virtual machines are records",
    ),
    Tier.HOST: TierFacts(
        real="as api, and every virtual machine a running system",
        cannot_show="the hardware",
    ),
    Tier.REAL: TierFacts(real="everything, and every change is a change of the platform people use"),
}

TWIN_DEFAULT = Tier.API
"""The highest twin tier there is today; whether this machine can run it is found out by making its parts ready."""


def choose_tier(asked: str | None, allowed: tuple[Tier, ...] = (Tier.API, Tier.REAL)) -> Tier:
    """The tier a command works on.

    `real` is only ever the answer when it was asked for by name. Raises `InputError` for a name that is no tier or a
    tier the command has no use for, `MachineError` for the host tier, which no machine can run yet.
    """
    if asked is None:
        return TWIN_DEFAULT if TWIN_DEFAULT in allowed else allowed[0]
    try:
        tier = Tier(asked)
    except ValueError:
        names = ", ".join(Tier)
        raise InputError(f"there is no tier {asked!r}", f"choose one of: {names}") from None
    if tier is Tier.HOST:
        raise MachineError(
            "the host tier does not exist yet: no virtual machine of the twin runs as a system",
            "leave --tier out, or use --tier api",
        )
    if tier not in allowed:
        names = ", ".join(allowed)
        raise InputError(f"this command does not work on tier {tier}", f"choose one of: {names}")
    return tier


def announcement(tier: Tier) -> str:
    """The line a command opens with."""
    facts = FACTS[tier]
    limits = f"; it cannot show {facts.cannot_show}" if facts.cannot_show else ""
    return f"tier {tier}: real here is {facts.real}{limits}"
