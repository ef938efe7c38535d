"""The provider of the package `metropole`: engine operations in, runs of the playbook out."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from playbooks.digest import PLAYBOOKS, playbook_digest
from providers.engine_log import EngineLog
from providers.hosts.baseline import CONTENT, IDENTITY, TYPE, Baseline, failures, is_known
from providers.hosts.batches import Batches, Mode
from providers.hosts.outcome import Outcome, State
from providers.hosts.results import (
    APPLIED,
    DRIFT,
    applied,
    drift_of,
    drifted,
    failure,
    not_compared,
    previewed,
)
from providers.hosts.rules import listed
from providers.hosts.runs import Runs
from providers.hosts.settings import Settings, read_settings, setting_failures
from providers.hosts.ssh import Ssh, refused_key
from providers.hosts.version import NAME, VERSION
from providers.hosts.waves import Budget, waves
from providers.hosts.ways import Ways
from providers.logic import (
    Change,
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    PartialFailure,
    Properties,
    ProviderError,
    ProviderLogic,
    ReadResult,
)
from providers.values import plain_value, same

_PREVIEW_SECONDS = 120
_KNOCK_SECONDS = 10.0
"""After which it is looked again whether what is in between is being made."""

_OTHER_PLAYBOOKS = {
    Mode.APPLY: "the playbooks changed since the program read them: run `pulumi up` again",
    Mode.PREVIEW: "the playbooks changed since the program read them",
    Mode.PROBE: "the playbooks changed since they were applied to it: the next `pulumi up` applies them",
}


@dataclass(frozen=True)
class _Configured:
    settings: Settings
    ssh: Ssh
    runs: Runs
    budget: Budget
    """Of all that one engine does with this provider."""


class HostsProvider(ProviderLogic):
    """Serves `metropole:hosts:HostBaseline`: one host, kept as the playbook and its variables say."""

    name = NAME
    version = VERSION

    def __init__(
        self, log: EngineLog, playbooks: Path = PLAYBOOKS, *, runs: type[Runs] = Runs, ssh: type[Ssh] = Ssh
    ) -> None:
        self._log = log
        self._playbooks = playbooks
        self._make_runs = runs
        self._make_ssh = ssh
        self._cancelled = threading.Event()
        self._batches = Batches(self._run, self._split)
        self._ways = Ways()
        self._urns: dict[str, str] = {}
        """By host, of those that were asked for."""
        self._set: _Configured | None = None

    def check_config(self, news: Properties) -> CheckResult:
        """Refuse what cannot be used."""
        return CheckResult(news, tuple(setting_failures(news)))

    def diff_config(self, olds: Properties, news: Properties) -> DiffResult:
        """Show what differs; another way to reach hosts replaces none of them."""
        names = sorted(olds.keys() | news.keys())
        return DiffResult({name: _change(name, olds, news) for name in names if not _equal(name, olds, news)})

    def configure(self, config: Properties) -> None:
        """Take the configuration. No file is read yet: hosts can be forgotten when the way to them is gone."""
        settings = read_settings(config)
        self._set = _Configured(
            settings,
            self._make_ssh(settings.ssh_config, self._cancelled),
            self._make_runs(settings, self._playbooks, self._cancelled, self._log.warning),
            Budget(settings.failure_budget),
        )

    def check(self, urn: str, type_: str, olds: Properties, news: Properties) -> CheckResult:
        """Refuse inputs that no run could use."""
        if type_ != TYPE:
            return CheckResult(news, (CheckFailure("", f"the {NAME} package has no resource type {type_}"),))
        return CheckResult(news, tuple(failures(news)))

    def diff(
        self,
        urn: str,
        type_: str,
        id_: str,
        old_inputs: Properties,
        old_outputs: Properties,
        new_inputs: Properties,
        ignore_changes: Sequence[str],
    ) -> DiffResult:
        """Compare inputs with inputs; where they are equal, what was applied with what they ask for."""
        names = [name for name in (*IDENTITY, *CONTENT) if not _equal(name, old_inputs, new_inputs)]
        changes = {name: _change(name, old_inputs, new_inputs, replace=name in IDENTITY) for name in names}
        if not changes and is_known(new_inputs):
            if DRIFT in old_outputs and plain_value(old_outputs[DRIFT]):
                changes[DRIFT] = Change.DELETE
            if APPLIED not in old_outputs or old_outputs[APPLIED].value != Baseline.of(new_inputs).digest:
                changes[APPLIED] = Change.UPDATE
        return DiffResult(changes)

    def create(self, urn: str, type_: str, inputs: Properties, preview: bool, timeout: float) -> CreateResult:
        """Wait until the host answers, then make it what it is to be."""
        if preview:
            return CreateResult("", self._preview(urn, inputs, exists=False))
        baseline = Baseline.of(inputs)
        self._urns[baseline.host] = urn
        with self._ways.under_way(baseline.host):
            self._reach(baseline)
            return CreateResult(baseline.host, self._apply(baseline, inputs, timeout))

    def _reach(self, baseline: Baseline) -> None:
        """Wait until the host answers. Where it is behind one that is being made, that one's time is not its own."""
        settings, said = self._configured.settings, ""
        patience = float(settings.boot_seconds)
        while patience > 0:
            if baseline.through is not None and not self._ways.wait(baseline.through, settings.deadline_seconds):
                raise ProviderError(f"{baseline.host} is reached through {baseline.through}, which is not hardened")
            spell = min(patience, _KNOCK_SECONDS)
            if not (said := self._configured.ssh.knock(baseline.host, spell)):
                return
            if refused_key(said) or self._cancelled.is_set():
                break
            patience -= spell
        raise ProviderError(f"{baseline.host} does not answer, after {settings.boot_seconds} s of waiting: {said}")

    def update(
        self,
        urn: str,
        type_: str,
        id_: str,
        old_inputs: Properties,
        old_outputs: Properties,
        new_inputs: Properties,
        preview: bool,
        timeout: float,
    ) -> Properties:
        """Make the host what it is to be."""
        if preview:
            return self._preview(urn, new_inputs, exists=True)
        baseline = Baseline.of(new_inputs)
        self._urns[baseline.host] = urn
        return self._apply(baseline, new_inputs, timeout)

    def _tell(self, host: str, role: str) -> None:
        """Show beside a host that is being hardened how far it is."""
        if urn := self._urns.get(host):
            self._log.status(f"role {role}", urn)

    def _apply(self, baseline: Baseline, inputs: Properties, timeout: float) -> Properties:
        seconds = timeout or self._configured.settings.deadline_seconds
        outcome = self._batches.ask(Mode.APPLY, baseline, seconds)
        if outcome.state is State.DONE:
            return applied(baseline.digest, outcome)
        reason = failure(baseline.host, outcome)
        if outcome.tasks or outcome.state is State.FAILED:
            raise PartialFailure(baseline.host, applied("", outcome), inputs, [reason])
        raise ProviderError(reason)

    def _preview(self, urn: str, inputs: Properties, *, exists: bool) -> Properties:
        """Ask in check mode what would change; what keeps a host from answering is no error yet."""
        if not is_known(inputs):
            return previewed(None)
        baseline = Baseline.of(inputs)
        seconds = min(self._configured.settings.deadline_seconds, _PREVIEW_SECONDS)
        outcome = self._batches.ask(Mode.PREVIEW, baseline, seconds)
        if outcome.state is State.DONE:
            if outcome.rules:
                self._log.info(f"would change {listed(outcome.rules)}", urn)
        elif exists or outcome.state is not State.UNREACHABLE:
            self._log.warning(f"what would change cannot be said: {failure(baseline.host, outcome)}", urn)
        return previewed(baseline.digest)

    def read(self, urn: str, type_: str, id_: str, inputs: Properties, properties: Properties) -> ReadResult:
        """Say which rules do not hold any more. A host that cannot be asked keeps its state."""
        if not inputs:
            raise ProviderError(
                f"{TYPE} cannot be imported: declare it, and a host that is right already stays as it is"
            )
        baseline = Baseline.of(inputs)
        outcome = self._batches.ask(Mode.PROBE, baseline, self._configured.settings.deadline_seconds)
        if outcome.state in (State.UNREACHABLE, State.UNFINISHED):
            return ReadResult(id_, inputs, properties)
        if outcome.state is State.FAILED:
            self._log.warning(failure(baseline.host, outcome), urn)
        return ReadResult(id_, inputs, drifted(properties, drift_of(outcome)))

    def delete(self, urn: str, type_: str, id_: str, inputs: Properties, outputs: Properties, timeout: float) -> None:
        """Forget the host: it goes with its machine, or stays as it is."""

    def invoke(self, token: str, args: Properties) -> tuple[Properties, tuple[CheckFailure, ...]]:
        """Refuse: there are no data sources."""
        raise ProviderError(f"the {NAME} package has no function {token}")

    def cancel(self) -> None:
        """End the run under way, and refuse later ones."""
        self._cancelled.set()
        self._batches.cancel()

    def close(self) -> None:
        """End the connections to hosts."""
        if self._set is not None:
            self._set.runs.close()

    @property
    def _configured(self) -> _Configured:
        if self._set is None:
            raise ProviderError(f"the {NAME} provider's configuration is not known yet")
        return self._set

    def _split(self, mode: Mode, baselines: Sequence[Baseline]) -> Sequence[Sequence[Baseline]]:
        """What changes hosts goes in waves; what only asks them is one run."""
        return waves(baselines, self._configured.settings.batch_hosts) if mode is Mode.APPLY else [baselines]

    def _run(self, mode: Mode, baselines: Sequence[Baseline], seconds: float) -> Mapping[str, Outcome]:
        """Run one batch, less the hosts that want other playbooks than there are."""
        budget = self._configured.budget
        if mode is Mode.APPLY and budget.refusal:
            return budget.refused(baselines)
        try:
            here = playbook_digest(self._playbooks)
        except OSError as error:
            raise ProviderError(f"the playbooks cannot be read: {error}") from error
        able = [baseline for baseline in baselines if baseline.playbook_digest == here]
        outcomes = {
            baseline.host: Outcome(State.UNFINISHED, problem=_OTHER_PLAYBOOKS[mode])
            for baseline in baselines
            if baseline not in able
        }
        if able:
            try:
                outcomes |= self._configured.runs.run(mode, able, seconds, self._tell)
            except OSError as error:
                raise ProviderError(f"the run could not be written down: {error}") from error
        if mode is Mode.APPLY:
            budget.count(outcomes)
        if mode is Mode.PROBE and (line := not_compared(outcomes)):
            self._log.warning(line)
        return outcomes


def _equal(name: str, one: Properties, other: Properties) -> bool:
    if name not in one or name not in other:
        return name not in one and name not in other
    return same(one[name], other[name])


def _change(name: str, olds: Properties, news: Properties, *, replace: bool = False) -> Change:
    if name not in olds:
        return Change.ADD_REPLACE if replace else Change.ADD
    if name not in news:
        return Change.DELETE_REPLACE if replace else Change.DELETE
    return Change.UPDATE_REPLACE if replace else Change.UPDATE
