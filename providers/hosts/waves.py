"""A run on many hosts in waves, with a budget of failures: a change that breaks hosts is to break few of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from providers.hosts.baseline import Baseline
from providers.hosts.outcome import Outcome, State

_ROLE = "role_"


def waves(baselines: Sequence[Baseline], most: int) -> list[list[Baseline]]:
    """At most `most` hosts at a time. Where that is not all of them, one of each role goes first."""
    if len(baselines) <= most:
        return [list(baselines)]
    first_of_role: dict[str, Baseline] = {}
    for baseline in baselines:
        first_of_role.setdefault(_role(baseline), baseline)
    canaries = list(first_of_role.values())[:most]
    rest = [baseline for baseline in baselines if baseline not in canaries]
    return [canaries, *(rest[start : start + most] for start in range(0, len(rest), most))]


def _role(baseline: Baseline) -> str:
    return next((group for group in baseline.groups if group.startswith(_ROLE)), "")


class Budget:
    """Counts the hosts that failed. One that was never reached, or whose run broke off, says nothing of the change."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._begun: set[str] = set()
        self._failed: set[str] = set()

    def count(self, outcomes: Mapping[str, Outcome]) -> None:
        """Take what a wave came to."""
        for host, outcome in outcomes.items():
            self._begun.add(host)
            if outcome.state is State.FAILED or (outcome.state is State.UNREACHABLE and outcome.tasks):
                self._failed.add(host)
            else:
                self._failed.discard(host)

    @property
    def refusal(self) -> str:
        """Why no other host is begun; empty while there may be one."""
        if len(self._failed) <= self._most:
            return ""
        failed, begun = len(self._failed), len(self._begun)
        return f"not begun: {failed} of {begun} hosts failed before, more than the budget of {self._most}"

    def refused(self, baselines: Sequence[Baseline]) -> dict[str, Outcome]:
        """What becomes of hosts that are not begun."""
        return {each.host: Outcome(State.UNFINISHED, problem=self.refusal) for each in baselines}
