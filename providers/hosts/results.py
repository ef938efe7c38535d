"""What the state of a `HostBaseline` holds, and the sentences for what went wrong with a host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pulumi.provider.experimental.property_value import PropertyValue

from providers.hosts.outcome import Outcome, State
from providers.hosts.rules import listed
from providers.logic import Properties
from providers.values import UNKNOWN, property_value

APPLIED = "appliedDigest"
DRIFT = "drift"
_SHOWN = 10


def applied(digest: str, outcome: Outcome) -> dict[str, PropertyValue]:
    """The outputs after a run; an empty digest says that what is wanted is not, or not wholly, applied.

    Inputs are not repeated: a territory has many hosts, and a state is written anew at each step.
    """
    return {
        APPLIED: property_value(digest),
        "tasks": property_value(outcome.tasks),
        "changed": property_value(outcome.changed),
        DRIFT: property_value([]),
    }


def previewed(digest: str | None) -> dict[str, PropertyValue]:
    """The outputs as far as they are known before the run; None for a digest of what is not known yet."""
    return {
        APPLIED: UNKNOWN if digest is None else property_value(digest),
        "tasks": UNKNOWN,
        "changed": UNKNOWN,
        DRIFT: property_value([]),
    }


def drifted(properties: Properties, rules: Sequence[str]) -> dict[str, PropertyValue]:
    """The outputs of a host on which these rules do not hold any more."""
    return {**properties, DRIFT: property_value(list(rules))}


def drift_of(outcome: Outcome) -> tuple[str, ...]:
    """The rules that do not hold any more, from a run in check mode; one whose check fails does not hold either."""
    return tuple(dict.fromkeys((*outcome.rules, *outcome.failed_rules)))


def failure(host: str, outcome: Outcome) -> str:
    """Why a host is not as wanted: who, where, what, and the log that has the rest."""
    rule = f" ({', '.join(outcome.failed_rules)})" if outcome.failed_rules else ""
    log = f"; the log: {outcome.evidence}" if outcome.evidence else ""
    return f"{host} {_WORDS[outcome.state]}{rule}: {outcome.problem}{log}"


def not_compared(outcomes: Mapping[str, Outcome]) -> str:
    """One line for all hosts that a probe could say nothing of; empty when there are none."""
    unknown = {host: each for host, each in outcomes.items() if each.state in (State.UNREACHABLE, State.UNFINISHED)}
    if not unknown:
        return ""
    return f"not compared, so they keep their state: {_each(unknown.items())}"


def _each(outcomes: Iterable[tuple[str, Outcome]]) -> str:
    return listed([f"{host} ({_WORDS[each.state]}: {each.problem})" for host, each in outcomes], _SHOWN)


_WORDS = {
    State.DONE: "is done",
    State.FAILED: "failed",
    State.UNREACHABLE: "does not answer",
    State.UNFINISHED: "was not finished",
}
