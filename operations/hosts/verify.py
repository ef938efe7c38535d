"""`metro verify`: whether every declared host that runs is as the territory and the standard want it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from operations.console import Console
from operations.errors import AnswerNo, InputError
from operations.hosts.running import RunningHosts, choose_hosts, running_hosts
from operations.hosts.verification.binding import binding
from operations.hosts.verification.collect import Collected, collect
from operations.hosts.verification.declared import declared_of
from operations.hosts.verification.subject import Subject
from operations.hosts.verification.suite_run import Outcome, TestResult, run_suites
from operations.territories import ChosenTerritory, choose_territory
from operations.tiers import Tier, announcement
from operations.worlds.journal_authority import journal_authority
from territory.hosts import Host
from territory.model import Territory

RESULT = "verify.json"


@dataclass(frozen=True)
class Verified:
    """One host."""

    host: Host
    collected: Collected
    results: tuple[TestResult, ...]

    @property
    def failures(self) -> list[dict[str, str]]:
        """One for each rule of each test that failed; one without a rule for a host that could not be asked."""
        if self.collected.facts is None:
            return [{"rule": "", "test": "collect", "message": self.collected.problem}]
        return [
            {"rule": rule, "test": each.test, "message": each.message}
            for each in self.results
            if each.outcome is Outcome.FAILED
            for rule in each.rules or ("",)
        ]

    def count(self, outcome: Outcome) -> int:
        """How many tests ended so."""
        return sum(each.outcome is outcome for each in self.results)

    @property
    def seconds(self) -> float:
        """Its round trip and its tests."""
        return round(self.collected.seconds + sum(each.seconds for each in self.results), 2)

    def as_json(self, machine_id: str | None) -> dict[str, Any]:
        """As `--json` and evidence show it."""
        return {
            "name": self.host.name,
            "role": self.host.role.value,
            "level": self.host.level.value,
            "machine_id": machine_id,
            "reached": self.collected.facts is not None,
            "passed": self.count(Outcome.PASSED),
            "failed": self.count(Outcome.FAILED) if self.collected.facts else 1,
            "skipped": self.count(Outcome.SKIPPED),
            "seconds": self.seconds,
            "failures": self.failures,
        }


def verify(territory: str, names: Sequence[str], evidence: Path | None, *, as_json: bool) -> None:
    """Ask every chosen host once, judge what they told, and keep the evidence.

    Raises `InputError` for a host that is not declared, `MachineError` where none runs, `AnswerNo` when not all holds.
    """
    console = Console(as_json=as_json)
    chosen = choose_territory(territory)
    hosts = choose_hosts(chosen.model, names)
    running = running_hosts(chosen)
    console.say(announcement(Tier.HOST))
    result = check(chosen, hosts, running, evidence, console)
    refuse_unless_all_holds(chosen.model.name, result, result)
    console.result(result)


def refuse_unless_all_holds(territory: str, checked: dict[str, Any], result: dict[str, Any]) -> None:
    """Raise `AnswerNo` when a host that was checked is not as wanted; `result` is what `--json` then shows."""
    broken = [row["name"] for row in checked["hosts"] if row["failures"]]
    if broken:
        raise AnswerNo(
            f"{len(broken)} of {len(checked['hosts'])} hosts are not as wanted: {', '.join(broken)}",
            f"./metro up -t {territory} mends what was changed by hand",
            result,
        )


def check(
    chosen: ChosenTerritory, hosts: Sequence[Host], running: RunningHosts, evidence: Path | None, console: Console
) -> dict[str, Any]:
    """Ask hosts, judge what they told, keep the evidence and say it; returns the result as `--json` shows it."""
    begun = datetime.now(UTC)
    folder = new_folder(evidence or running.world / "evidence" / f"{begun:%Y%m%dT%H%M%SZ}-verify")
    verified = _verify(chosen.model, hosts, running, folder, console)
    reports = running.reports()
    rows = [each.as_json(reports[each.host.name].id if each.host.name in reports else None) for each in verified]
    holds = not any(row["failures"] for row in rows)
    skips = Counter(r.message for each in verified for r in each.results if r.outcome is Outcome.SKIPPED)
    result = {
        "verdict": "pass" if holds else "fail",
        **binding(chosen.model.name, running.image),
        "tier": str(Tier.HOST),
        "begun": begun.isoformat(timespec="seconds"),
        "ended": datetime.now(UTC).isoformat(timespec="seconds"),
        "hosts": rows,
        "skips": dict(skips.most_common()),
        "evidence": str(folder),
    }
    write_result(folder / RESULT, {**result, "results": [_row(each) for one in verified for each in one.results]})
    _tell(console, verified, skips, folder)
    return result


def _verify(
    territory: Territory, hosts: Sequence[Host], running: RunningHosts, folder: Path, console: Console
) -> list[Verified]:
    with console.step(f"Asking {len(hosts)} hosts") as progress:
        asked: list[str] = []

        def answered(each: Collected) -> None:
            asked.append(each.name)
            progress(f"{len(asked)} have answered")

        collected = collect([host.name for host in hosts], running.ssh_config, answered)
    certified = journal_authority(running.world).is_dir()
    subjects = [
        Subject(
            host.name,
            host.role.value,
            host.level.value,
            declared_of(territory, host, running.public_key, certified=certified),
            facts,
        )
        for host in hosts
        if (facts := collected[host.name].facts) is not None
    ]
    with console.step("Judging what they told"):
        results = run_suites(subjects, folder, running.ssh_config)
    return [
        Verified(host, collected[host.name], tuple(each for each in results if each.host == host.name))
        for host in hosts
    ]


def _tell(console: Console, verified: Sequence[Verified], skips: Counter[str], folder: Path) -> None:
    for each in verified:
        name = each.host.name
        if each.collected.facts is None:
            console.warn(f"{name}: not reached: {each.collected.problem}")
            continue
        console.say(
            f"{name} ({each.host.level}): {each.count(Outcome.PASSED)} hold, {each.count(Outcome.FAILED)} do not, "
            f"{each.count(Outcome.SKIPPED)} cannot be shown"
        )
        for result in each.results:
            if result.outcome is Outcome.FAILED:
                console.warn(f"{name}: {' '.join(result.rules) or 'no rule'}: {result.message} ({result.test})")
    for reason, count in skips.most_common():
        console.say(f"not shown, {count} times: {reason}")
    console.say(f"evidence: {folder}")


def new_folder(path: Path) -> Path:
    """Where evidence goes, made for its owner alone. Raises `InputError` where it cannot be."""
    folder = path.expanduser().resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise InputError(f"{folder} cannot be made: {error.strerror}", "name another directory") from error
    return folder


def _row(result: TestResult) -> dict[str, Any]:
    return {
        "host": result.host,
        "test": result.test,
        "rules": list(result.rules),
        "outcome": str(result.outcome),
        "message": result.message,
    }


def write_result(file: Path, content: dict[str, Any]) -> None:
    """Write a JSON file that its owner alone reads."""
    file.touch(mode=0o600)
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
