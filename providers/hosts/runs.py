"""One run of the playbook over any number of hosts, by ansible-runner, in a directory that is gone afterwards."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from providers.hosts.baseline import Baseline
from providers.hosts.batches import CANCELLED, Mode
from providers.hosts.evidence import Evidence
from providers.hosts.outcome import Outcome, Tally
from providers.hosts.progress import Progress, Tell, untold
from providers.hosts.rules import listed
from providers.hosts.settings import Settings
from providers.hosts.sites import Part, Worker, parts
from providers.hosts.ssh import alive, end_connections
from providers.hosts.watch import Watch
from providers.hosts.worker_job import AUTHORITY, WORKER_ENDED, WorkerJob, after, wants_signature

PLAYBOOK = "harden.yml"

TASK_SECONDS = 300
"""The longest that one task may take on one host: a guest that hangs is given up, the others go on."""
_ANSWER_SECONDS = 20
"""The longest that a host may take to accept a connection, or to make somebody root on it."""
_PREVIEW_CONNECT_SECONDS = 5
_LONGEST_DIRECTORY = 50
_HANDED_ON = frozenset({"HOME", "LOGNAME", "METROPOLE_RUN", "SSH_AUTH_SOCK", "TMPDIR", "TZ", "USER"})


class Runs:
    """Runs the playbook; one run at a time."""

    def __init__(
        self, settings: Settings, playbooks: Path, cancelled: threading.Event, warn: Callable[[str], None]
    ) -> None:
        self._settings = settings
        self._playbooks = playbooks
        self._cancelled = cancelled
        self._warn = warn
        self._own = Path(tempfile.mkdtemp(prefix="metropole-hosts-", dir=_short_directory()))

    @property
    def _sockets(self) -> Path:
        return self._own / "cp"

    def run(self, mode: Mode, baselines: Sequence[Baseline], seconds: float, tell: Tell = untold) -> dict[str, Outcome]:
        """Run the playbook on these hosts, at most so long; what became of each of them by name.

        The hosts of a site with a worker are run by that one. All parts of a run go on side by side.
        """
        evidence = Evidence(self._settings.evidence_directory, mode)
        progress = Progress((baseline.host for baseline in baselines), tell)
        run = _Run(mode, evidence, progress, seconds, time.monotonic() + seconds, self._cancelled)
        of_run = parts(baselines, self._settings.workers)
        with ThreadPoolExecutor(len(of_run), thread_name_prefix="hosts-run") as pool:
            running = [pool.submit(self._run_part, part, run) for part in of_run]
        outcomes: dict[str, Outcome] = {}
        for part in running:
            outcomes |= part.result()
        evidence.conclude(
            {
                "run": evidence.run,
                "mode": mode,
                "cutShort": run.cut_short,
                "workers": {part.worker.host: part.worker.sites for part in of_run if part.worker},
                "hosts": [
                    {**asdict(outcomes[each.host]), "name": each.host, "digest": each.digest} for each in baselines
                ],
            }
        )
        return outcomes

    def _run_part(self, part: Part, run: _Run) -> dict[str, Outcome]:
        worker, baselines = part.worker, part.baselines
        place = worker.host if worker else ""
        path = run.evidence.log(place)
        with run.evidence.logging(place) as log:
            found = self._listen(baselines, worker, run, log)
            if found.begun:
                outcomes = found.outcomes(path)
                again = [each for each in baselines if worker and wants_signature(outcomes[each.host])]
            else:
                outcomes, again = {}, baselines
                self._warn(f"{found.cut_short}; run from here instead: {listed(each.host for each in baselines)}")
            if again:
                outcomes |= after(outcomes, self._listen(again, None, run, log).outcomes(path))
        return outcomes

    def _listen(self, baselines: Sequence[Baseline], worker: Worker | None, run: _Run, log: IO[str]) -> _Heard:
        """Run hosts on a worker or from here, and hear it out."""
        heard = _Heard(Tally(baseline.host for baseline in baselines))
        directory = Path(tempfile.mkdtemp(dir=self._own))
        try:
            if worker is None:
                module, job = "providers.hosts.run_process", self._job(baselines, run.mode, directory)
            else:
                module, job = "providers.hosts.worker_run", self._worker_job(worker, baselines, run.mode, directory)
            watch = Watch(module, job, self._environment(run.mode), log, run.deadline, run.cancelled)
            for event in watch.events():
                try:
                    heard.hear(event, worker, log)
                    run.progress.hear(event)
                except (AttributeError, LookupError, TypeError, ValueError):
                    watch.end()
                    heard.cut_short = f"{worker or 'ansible-runner'} tells what never happens in a run"
        finally:
            shutil.rmtree(directory, ignore_errors=True)
        if watch.ended:
            heard.begun, heard.cut_short = True, run.cut_short or heard.cut_short
        return heard

    def _job(self, baselines: Sequence[Baseline], mode: Mode, directory: Path) -> dict[str, Any]:
        way = f"-F {shlex.quote(str(self._settings.ssh_config))} {alive(self._settings.patience)}"
        return {
            "private_data_dir": str(directory),
            "project_dir": str(self._playbooks),
            "playbook": PLAYBOOK,
            "inventory": inventory(baselines, way, self._settings.journal_authority),
            **self._manner(mode),
        }

    def _worker_job(
        self, worker: Worker, baselines: Sequence[Baseline], mode: Mode, directory: Path
    ) -> Mapping[str, Any]:
        authority = self._settings.journal_authority
        job: WorkerJob = {
            "ssh_config": str(self._settings.ssh_config),
            "worker": worker.host,
            "playbooks": str(self._playbooks),
            "authority": str(authority / AUTHORITY) if authority else None,
            "run": {
                "private_data_dir": str(directory),
                "playbook": PLAYBOOK,
                # How hosts are reached from there is for its own ssh configuration to say.
                "inventory": inventory(baselines, alive(), "{{ playbook_dir }}/.." if authority else None),
                "envvars": {**_told(mode), "ANSIBLE_INVENTORY_ENABLED": "yaml"},
                **self._manner(mode),
            },
        }
        return job

    def _manner(self, mode: Mode) -> dict[str, Any]:
        return {"cmdline": "" if mode is Mode.APPLY else "--check --diff", "forks": self._settings.forks}

    def _environment(self, mode: Mode) -> dict[str, str]:
        """All that Ansible is told here: of what the engine handed on, nothing but the way to programs and keys."""
        handed_on = {name: value for name, value in os.environ.items() if name in _HANDED_ON}
        return handed_on | {
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath))),
            "LC_ALL": "C.UTF-8",  # Ansible refuses every other encoding
            "ANSIBLE_CONFIG": str(self._playbooks / "ansible.cfg"),
            "ANSIBLE_HOME": str(self._own / "home"),
            "ANSIBLE_SSH_CONTROL_PATH_DIR": str(self._sockets),
            **_told(mode, self._settings.patience),
        }

    def close(self) -> None:
        """End the connections that were kept open and leave nothing behind. Not while a run is under way."""
        end_connections(self._sockets)
        shutil.rmtree(self._own, ignore_errors=True)


@dataclass(frozen=True)
class _Run:
    """What all parts of one run have in common."""

    mode: Mode
    evidence: Evidence
    progress: Progress
    seconds: float
    """The longest that it may take."""
    deadline: float
    cancelled: threading.Event

    @property
    def cut_short(self) -> str:
        """Why it was ended before its end; empty while it was not."""
        if self.cancelled.is_set():
            return CANCELLED
        return f"not through in {self.seconds:g} s" if time.monotonic() > self.deadline else ""


@dataclass
class _Heard:
    """What one process of ours told."""

    tally: Tally
    begun: bool = True
    """Whether something may have happened to hosts."""
    cut_short: str = ""
    """Why it ended before its end, if it did."""

    def outcomes(self, log: Path) -> dict[str, Outcome]:
        """What became of every host."""
        return self.tally.outcomes(cut_short=self.cut_short, evidence=str(log))

    def hear(self, event: Mapping[str, Any], worker: Worker | None, log: IO[str]) -> None:
        """Take one event."""
        if event.get("event") == WORKER_ENDED:
            self.begun, self.cut_short = event["begun"], f"{worker} {event['problem']}" if event["problem"] else ""
            return
        self.tally.hear(event)
        if event.get("stdout"):
            log.write(event["stdout"].replace("\r\n", "\n") + "\n")


def _short_directory() -> str:
    """Where sockets can be: the path of one has at most 107 characters."""
    usual = tempfile.gettempdir()
    return usual if len(usual) <= _LONGEST_DIRECTORY else "/tmp"  # noqa: S108 - a private directory is made in it


def _told(mode: Mode, patience: int = 1) -> dict[str, str]:
    """What Ansible is told wherever it runs."""
    told = {
        "ANSIBLE_HOST_KEY_CHECKING": "True",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_TASK_TIMEOUT": str(TASK_SECONDS * patience),
        "ANSIBLE_TIMEOUT": str(_ANSWER_SECONDS * patience),
    }
    if mode is Mode.PREVIEW:
        told |= {"ANSIBLE_TIMEOUT": str(_PREVIEW_CONNECT_SECONDS), "ANSIBLE_SSH_RETRIES": "0"}
    return told


def inventory(
    baselines: Sequence[Baseline], ssh_arguments: str, journal_authority: Path | str | None = None
) -> dict[str, Any]:
    """An inventory of these hosts: reached by their names with these arguments of ssh, in their groups."""
    groups: dict[str, Any] = {}
    for baseline in baselines:
        for group in baseline.groups:
            groups.setdefault(group, {"hosts": {}})["hosts"][baseline.host] = {}
    return {
        "all": {
            "hosts": {baseline.host: dict(baseline.variables) for baseline in baselines},
            "vars": {
                "ansible_ssh_common_args": ssh_arguments,
                **({"journal_authority": str(journal_authority)} if journal_authority else {}),
            },
            "children": groups,
        }
    }
