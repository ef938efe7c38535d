"""One run of the playbook over any number of hosts, by ansible-runner, in a directory that is gone afterwards."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import psutil

from providers.hosts.baseline import Baseline
from providers.hosts.batches import CANCELLED, Mode
from providers.hosts.evidence import Evidence
from providers.hosts.outcome import Outcome, Tally
from providers.hosts.settings import Settings
from providers.hosts.ssh import end_connections

PLAYBOOK = "harden.yml"

_TASK_SECONDS = 300
"""The longest that one task may take on one host: a guest that hangs is given up, the others go on."""
_PREVIEW_CONNECT_SECONDS = 5
_LOOK_SECONDS = 0.2
_LONGEST_DIRECTORY = 50
_HANDED_ON = frozenset({"HOME", "LOGNAME", "METROPOLE_RUN", "SSH_AUTH_SOCK", "TMPDIR", "TZ", "USER"})
_ALIVE = "-o BatchMode=yes -o ServerAliveInterval=5 -o ServerAliveCountMax=3"
"""So that a host which dies in the middle is noticed within a quarter of a minute."""


class Runs:
    """Runs the playbook; one run at a time."""

    def __init__(self, settings: Settings, playbooks: Path, cancelled: threading.Event) -> None:
        self._settings = settings
        self._playbooks = playbooks
        self._cancelled = cancelled
        self._own = Path(tempfile.mkdtemp(prefix="metropole-hosts-", dir=_short_directory()))

    @property
    def _sockets(self) -> Path:
        return self._own / "cp"

    def run(self, mode: Mode, baselines: Sequence[Baseline], seconds: float) -> dict[str, Outcome]:
        """Run the playbook on these hosts, at most so long; what became of each of them by name."""
        evidence = Evidence(self._settings.evidence_directory, mode)
        directory = Path(tempfile.mkdtemp(dir=self._own))
        tally = Tally(baseline.host for baseline in baselines)
        try:
            with evidence.logging() as log:
                watch = self._start(self._job(mode, baselines, directory), mode, seconds, log)
                for event in watch.events():
                    tally.hear(event)
                    if event.get("stdout"):
                        log.write(event["stdout"].replace("\r\n", "\n") + "\n")
        finally:
            shutil.rmtree(directory, ignore_errors=True)
        cut_short = (
            "" if not watch.ended else CANCELLED if self._cancelled.is_set() else f"not through in {seconds:g} s"
        )
        outcomes = tally.outcomes(cut_short=cut_short, evidence=str(evidence.log))
        evidence.conclude(
            {
                "run": evidence.run,
                "mode": mode,
                "cutShort": cut_short,
                "hosts": [
                    {**asdict(outcomes[each.host]), "name": each.host, "digest": each.digest} for each in baselines
                ],
            }
        )
        return outcomes

    def _job(self, mode: Mode, baselines: Sequence[Baseline], directory: Path) -> dict[str, Any]:
        return {
            "private_data_dir": str(directory),
            "project_dir": str(self._playbooks),
            "playbook": PLAYBOOK,
            "inventory": inventory(baselines, self._settings.ssh_config, self._settings.journal_authority),
            "cmdline": "" if mode is Mode.APPLY else "--check --diff",
            "forks": self._settings.forks,
        }

    def _start(self, job: dict[str, Any], mode: Mode, seconds: float, log: IO[str]) -> _Watch:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "providers.hosts.run_process"],
            env=self._environment(mode),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        # Not as an argument: inventories are nobody's business who lists processes.
        with suppress(BrokenPipeError):  # it then says in the log why it ended
            _stdin(process).write(json.dumps(job))
            _stdin(process).close()
        return _Watch(process, time.monotonic() + seconds, self._cancelled)

    def _environment(self, mode: Mode) -> dict[str, str]:
        """All that Ansible is told: of what the engine handed on, nothing but the way to programs and keys."""
        told = {name: value for name, value in os.environ.items() if name in _HANDED_ON}
        told |= {
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath))),
            "LC_ALL": "C.UTF-8",  # Ansible refuses every other encoding
            "ANSIBLE_CONFIG": str(self._playbooks / "ansible.cfg"),
            "ANSIBLE_HOME": str(self._own / "home"),
            "ANSIBLE_HOST_KEY_CHECKING": "True",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_SSH_CONTROL_PATH_DIR": str(self._sockets),
            "ANSIBLE_TASK_TIMEOUT": str(_TASK_SECONDS),
        }
        if mode is Mode.PREVIEW:
            told |= {"ANSIBLE_TIMEOUT": str(_PREVIEW_CONNECT_SECONDS), "ANSIBLE_SSH_RETRIES": "0"}
        return told

    def close(self) -> None:
        """End the connections that were kept open and leave nothing behind. Not while a run is under way."""
        end_connections(self._sockets)
        shutil.rmtree(self._own, ignore_errors=True)


class _Watch:
    """Listens to a run's process, and ends it with all it started when its time is over."""

    def __init__(self, process: subprocess.Popen[str], deadline: float, cancelled: threading.Event) -> None:
        self._process = process
        self._deadline = deadline
        self._cancelled = cancelled
        self.ended = False
        """Whether it was ended before its end."""

    def events(self) -> Iterator[dict[str, Any]]:
        """What it tells, until it is over."""
        watching = threading.Thread(target=self._end_in_time, daemon=True)
        watching.start()
        with self._process:
            for line in self._process.stdout or ():
                if line.endswith("\n"):  # the last word of one that was ended may be half
                    yield json.loads(line)
        watching.join()

    def _end_in_time(self) -> None:
        while self._process.poll() is None:
            if self._cancelled.wait(_LOOK_SECONDS) or time.monotonic() > self._deadline:
                self.ended = True
                kill_tree(self._process.pid)
                return


def _short_directory() -> str:
    """Where sockets can be: the path of one has at most 107 characters."""
    usual = tempfile.gettempdir()
    return usual if len(usual) <= _LONGEST_DIRECTORY else "/tmp"  # noqa: S108 - a private directory is made in it


def _stdin(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdin is not None  # noqa: S101 - it was asked for
    return process.stdin


def kill_tree(pid: int) -> None:
    """Kill a process and all it started: Ansible's workers live in sessions of their own."""
    try:
        root = psutil.Process(pid)
        tree = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for process in tree:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue


def inventory(baselines: Sequence[Baseline], ssh_config: Path, journal_authority: Path | None = None) -> dict[str, Any]:
    """An inventory of these hosts: reached by their names and the ssh configuration, in their groups."""
    groups: dict[str, Any] = {}
    for baseline in baselines:
        for group in baseline.groups:
            groups.setdefault(group, {"hosts": {}})["hosts"][baseline.host] = {}
    return {
        "all": {
            "hosts": {baseline.host: dict(baseline.variables) for baseline in baselines},
            "vars": {
                "ansible_ssh_common_args": f"-F {shlex.quote(str(ssh_config))} {_ALIVE}",
                **({"journal_authority": str(journal_authority)} if journal_authority else {}),
            },
            "children": groups,
        }
    }
