"""The janitor: finds ephemeral territories whose time is up, and takes down those and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from operations.console import Console
from operations.deployment.engine_events import StackReport
from operations.deployment.stacks import raise_for
from operations.deployment.twin import Wishes
from operations.ephemeral.choice import lease_lock
from operations.ephemeral.duration import say_duration
from operations.ephemeral.lease import Lease, Leases, UnreadableLease, due, rfc3339
from operations.ephemeral.removal import NotEphemeral, remove_ephemeral
from operations.errors import InputError, Interrupted, MachineError, MetroError
from operations.recovery.run_lock import hold

Clock = Callable[[], datetime]


class Verdict(StrEnum):
    """What became of one ephemeral territory."""

    LIVES = "lives"
    """Its time is not up."""
    DUE = "due"
    """Its time is up, and this was a dry run."""
    REMOVED = "removed"
    FAILED = "failed"
    """Its time is up and it is still there, or in part."""
    REFUSED = "refused"
    """It does not say clearly that it is ephemeral."""


@dataclass(frozen=True)
class Finding:
    """One territory as the janitor found and left it."""

    name: str
    verdict: Verdict
    source: str = ""
    expires: str = ""
    """RFC 3339; empty when its record cannot be read."""
    detail: str = ""
    """Why it is still there."""
    stacks: tuple[StackReport, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The object of this territory in `--json`."""
        return {
            "name": self.name,
            "verdict": str(self.verdict),
            "source": self.source,
            "expires": self.expires,
            "detail": self.detail,
            "stacks": [report.as_json() for report in self.stacks],
        }


def utc_now() -> datetime:
    """The moment it is."""
    return datetime.now(UTC)


def sweep(
    state: Path, console: Console, wishes: Wishes, *, only: str | None, dry_run: bool, clock: Clock = utc_now
) -> list[Finding]:
    """Take down every ephemeral territory of a state directory whose time is up; one finding each, by name.

    Raises `InputError` for a name (`only`) that is not an ephemeral territory's.
    """
    leases = Leases(state)
    known, unreadable = leases.all()
    if only is not None:
        known = [lease for lease in known if lease.name == only]
        unreadable = [each for each in unreadable if each.directory.name == only]
        if not known and not unreadable:
            raise InputError(
                f"{only} is no ephemeral territory: the janitor touches nothing else",
                "./metro janitor --dry-run lists them",
            )
    now = clock()
    overdue = due(known, now)
    findings = [_lives(lease) for lease in known if lease not in overdue]
    findings += [_refused(each) for each in unreadable]
    for lease in overdue:
        console.say(
            f"{lease.name}: its time was up {say_duration(now - lease.expires)} ago, at {rfc3339(lease.expires)}"
        )
        findings.append(
            _finding(lease, Verdict.DUE) if dry_run else _take_down(state, leases, lease, console, wishes, clock)
        )
    if not dry_run:
        leases.sweep(now)
    return sorted(findings, key=lambda finding: finding.name)


def _take_down(state: Path, leases: Leases, seen: Lease, console: Console, wishes: Wishes, clock: Clock) -> Finding:
    """One territory; whatever becomes of it, the next one has its turn."""
    reports: Sequence[StackReport] = ()
    try:
        with hold(state, lease_lock(seen.name), "metro janitor", console, wait=wishes.wait):
            # Between the look and the lock somebody may have given it time, or taken it down.
            lease = leases.find(seen.name)
            if lease is None:
                return _finding(seen, Verdict.REMOVED, "somebody else took it down meanwhile")
            if not lease.is_due(clock()):
                return _lives(lease)
            reports = remove_ephemeral(state, lease.name, wishes, console)
            raise_for(reports)
            return _finding(lease, Verdict.REMOVED, reports=reports)
    except (Interrupted, MachineError):
        raise
    except MetroError as error:
        verdict = Verdict.REFUSED if isinstance(error, NotEphemeral | UnreadableLease) else Verdict.FAILED
        return _finding(seen, verdict, _told(error), reports)


def _lives(lease: Lease) -> Finding:
    return _finding(lease, Verdict.LIVES)


def _refused(unreadable: UnreadableLease) -> Finding:
    return Finding(unreadable.directory.name, Verdict.REFUSED, detail=_told(unreadable))


def _told(error: MetroError) -> str:
    return error.message + (f"\nremedy: {error.remedy}" if error.remedy else "")


def _finding(lease: Lease, verdict: Verdict, detail: str = "", reports: Sequence[StackReport] = ()) -> Finding:
    return Finding(lease.name, verdict, lease.source, rfc3339(lease.expires), detail, tuple(reports))
