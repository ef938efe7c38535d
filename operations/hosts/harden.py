"""`metro harden`: the provider's own run on chosen hosts. No state is touched: the next refresh sees what it did."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import contextmanager, nullcontext
from typing import Any

from operations.console import Console, Progress
from operations.errors import AnswerNo, InputError, Interrupted
from operations.hosts.running import RunningHosts, choose_hosts, running_hosts
from operations.paths import state_directory
from operations.recovery.run_lock import hold
from operations.territories import ChosenTerritory, choose_territory
from operations.tiers import Tier, announcement
from operations.worlds.journal_authority import journal_authority
from playbooks.digest import PLAYBOOKS, playbook_digest
from providers.hosts.baseline import Baseline
from providers.hosts.batches import Mode
from providers.hosts.outcome import Outcome, State
from providers.hosts.progress import Tell
from providers.hosts.results import failure
from providers.hosts.rules import listed
from providers.hosts.runs import Runs
from providers.hosts.settings import Settings
from providers.hosts.waves import Budget, waves
from providers.logic import Properties
from providers.values import property_value
from territory.hosts import Host
from territory.inventory import host_groups, host_variables
from territory.model import Territory

DEADLINE_SECONDS = 600
BOOT_SECONDS = 180
FORKS = 32
BATCH_HOSTS = Settings.batch_hosts
FAILURE_BUDGET = Settings.failure_budget
_LOOK_SECONDS = 0.2
_DOING = {Mode.APPLY: "Hardening", Mode.PROBE: "Comparing"}


def harden(
    territory: str,
    limit: Sequence[str],
    *,
    check: bool,
    as_json: bool,
    workers: Sequence[str] = (),
    batch: int = BATCH_HOSTS,
    failure_budget: int = FAILURE_BUDGET,
) -> None:
    """Run the playbook on the chosen hosts, in check mode with `check`; `workers` are `SITE=HOST`.

    Raises `InputError` for a host, group or site that is not declared, `MachineError` where no host runs, `AnswerNo`
    when a host failed, `Interrupted` after ^C, when every process of the run has ended.
    """
    console = Console(as_json=as_json)
    chosen = choose_territory(territory)
    hosts = choose_hosts(chosen.model, limit, groups=True)
    of_sites = _workers(chosen.model, workers)
    running = running_hosts(chosen)
    settings = Settings(
        running.ssh_config,
        running.world / "evidence",
        DEADLINE_SECONDS,
        BOOT_SECONDS,
        FORKS,
        journal_authority(running.world),
        batch_hosts=batch,
        failure_budget=failure_budget,
        workers=of_sites,
    )
    console.say(announcement(Tier.HOST))
    mode = Mode.PROBE if check else Mode.APPLY
    begun = time.monotonic()
    with _alone(chosen, console, mode):
        runs = _waves(_baselines(chosen.model, hosts, running), mode, batch)
        outcomes = run_playbook(mode, runs, settings, console)
    name = chosen.model.name
    result = {
        "territory": name,
        "tier": str(Tier.HOST),
        "mode": str(mode),
        "hosts": [_row(host, outcome, seconds) for host, (outcome, seconds) in outcomes.items()],
        "seconds": round(time.monotonic() - begun, 1),
    }
    for host, (outcome, _) in outcomes.items():
        _tell(console, host, outcome, mode)
    broken = [host for host, (outcome, _) in outcomes.items() if outcome.state is not State.DONE]
    if broken:
        again = " ".join(f"--limit {each}" for each in broken)
        raise AnswerNo(
            f"{len(broken)} of {len(outcomes)} hosts are not hardened: {', '.join(broken)}",
            f"./metro harden -t {name} {again}, when what is named above is mended",
            result,
        )
    console.result(result)


def run_playbook(
    mode: Mode, of_waves: Sequence[Sequence[Baseline]], settings: Settings, console: Console
) -> dict[str, tuple[Outcome, float]]:
    """Run the playbook on wave after wave; what became of each host, and the seconds of the run it was in, by name.

    Raises `Interrupted` after ^C, when every process has ended.
    """
    cancelled = threading.Event()
    budget = Budget(settings.failure_budget)
    outcomes: dict[str, tuple[Outcome, float]] = {}
    runs = Runs(settings, PLAYBOOKS, cancelled, console.warn)
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="harden") as thread:
        try:
            for wave in of_waves:
                begun = time.monotonic()
                if mode is Mode.APPLY and budget.refusal:
                    found: Mapping[str, Outcome] = budget.refused(wave)
                else:
                    with console.step(f"{_DOING[mode]} {_named(wave)}") as progress:
                        found = _wait(
                            thread.submit(runs.run, mode, wave, settings.deadline_seconds, _telling(progress, wave))
                        )
                    budget.count(found)
                seconds = time.monotonic() - begun
                outcomes |= {host: (outcome, seconds) for host, outcome in found.items()}
        except KeyboardInterrupt:
            cancelled.set()
            thread.shutdown()
            raise Interrupted(
                "stopped: what hosts were doing has ended", "the same command goes on from there"
            ) from None
        finally:
            cancelled.set()
            thread.shutdown()
            runs.close()
    return outcomes


def _named(wave: Sequence[Baseline]) -> str:
    return wave[0].host if len(wave) == 1 else f"{len(wave)} hosts"


def _telling(progress: Progress, wave: Sequence[Baseline]) -> Tell:
    """Progress that names its host where there are several."""
    return lambda host, role: progress(f"role {role}" if len(wave) == 1 else f"{host}: role {role}")


def _wait(running: Future[dict[str, Outcome]]) -> Mapping[str, Outcome]:
    """Its answer. Looks up again and again, for a signal is only heard between two looks."""
    while True:
        try:
            return running.result(_LOOK_SECONDS)
        except NotYet:
            continue


def _baselines(territory: Territory, hosts: Sequence[Host], running: RunningHosts) -> list[Baseline]:
    reports, digest = running.reports(), playbook_digest()
    # One that nobody started is asked too: that it does not answer is told like every other failure.
    machines = {host.name: reports[host.name].id if host.name in reports else host.name for host in hosts}
    return [Baseline.of(baseline_inputs(territory, host, machines[host.name], digest)) for host in hosts]


def baseline_inputs(territory: Territory, host: Host, machine: str, digest: str) -> Properties:
    """What the stack `hosts` declares of a host, by the id of its machine and the playbooks' digest."""
    inputs = {
        "host": host.name,
        "machineId": machine,
        "role": host.role.value,
        "level": host.level.value,
        "groups": list(host_groups(host)),
        "variables": json.dumps(host_variables(territory, host), ensure_ascii=False, sort_keys=True),
        "playbookDigest": digest,
    }
    if jump := host.ways[0].jump:
        inputs["through"] = jump
    return {name: property_value(value) for name, value in inputs.items()}


def _waves(baselines: Sequence[Baseline], mode: Mode, batch: int) -> list[list[Baseline]]:
    """The runs: what is behind another host comes after it, for that one forwards nothing before it is hardened."""
    if mode is not Mode.APPLY:
        return [list(baselines)]
    ahead = [baseline for baseline in baselines if baseline.through is None]
    behind = [baseline for baseline in baselines if baseline.through is not None]
    return [wave for each in (ahead, behind) if each for wave in waves(each, batch)]


def _workers(territory: Territory, wanted: Sequence[str]) -> dict[str, str]:
    """Host by site."""
    sites = [site.id for site in (*territory.datacenters, *territory.cloud_regions)]
    found: dict[str, str] = {}
    for each in wanted:
        site, equals, host = each.partition("=")
        if not (equals and host) or site not in sites:
            raise InputError(
                f"found --worker {each!r}, expected a site of {territory.name} and its worker's name in the ssh "
                f"configuration, as in {sites[0]}=HOST",
                f"its sites are {', '.join(sites)}",
            )
        found[site] = choose_hosts(territory, [host])[0].name
    return found


@contextmanager
def _alone(territory: ChosenTerritory, console: Console, mode: Mode) -> Generator[None]:
    """While hosts are changed, nobody else changes the territory."""
    name = territory.model.name
    with hold(state_directory(), name, "metro harden", console) if mode is Mode.APPLY else nullcontext():
        yield


def _row(host: str, outcome: Outcome, seconds: float) -> dict[str, Any]:
    return {
        "name": host,
        "state": str(outcome.state),
        "tasks": outcome.tasks,
        "changed": outcome.changed,
        "failed": int(outcome.state is not State.DONE),
        "seconds": round(seconds, 1),
        "rules": list(outcome.rules),
        "failed_rules": list(outcome.failed_rules),
        "problem": outcome.problem,
        "evidence": outcome.evidence,
    }


def _tell(console: Console, host: str, outcome: Outcome, mode: Mode) -> None:
    if outcome.state is not State.DONE:
        console.warn(failure(host, outcome))
    elif outcome.changed:
        did = "changed" if mode is Mode.APPLY else "would change"
        console.say(f"{host}: {outcome.changed} of {outcome.tasks} tasks {did} something: {listed(outcome.rules)}")
    else:
        console.say(f"{host}: as wanted ({outcome.tasks} tasks)")
