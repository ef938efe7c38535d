"""The two ways to harden hosts that have booted: as `HostBaseline` does it, and by plain `ansible-playbook`."""

from __future__ import annotations

import json
import os
import re
import resource
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from operations.bench.harden.field import Field
from operations.errors import AnswerNo
from operations.hosts.harden import BOOT_SECONDS, DEADLINE_SECONDS, FORKS
from operations.worlds.journal_authority import journal_authority
from playbooks.digest import PLAYBOOKS
from providers.engine_log import EngineLog
from providers.hosts.baseline import TYPE
from providers.hosts.provider import HostsProvider
from providers.hosts.runs import TASK_SECONDS, inventory
from providers.hosts.ssh import alive, end_connections
from providers.hosts.watch import kill_tree
from providers.logic import ProviderError
from providers.values import plain_value, property_value

EVERYTHING = Path(__file__).with_name("everything.yml")
ANCHOR_SECONDS = 3600
_LOOK_SECONDS = 0.2
_SAID = 3000
_RECAP = re.compile(r"^(\S+)\s+: ok=(\d+)\s+changed=(\d+)\s", re.MULTILINE)


@dataclass
class Hardened:
    """What one side took."""

    hosts: int
    seconds: float = 0.0
    controller_seconds: float = 0.0
    """Of processors, by all that ran here and was waited for."""
    host_seconds: float = 0.0
    """Of processors, by the hosts."""
    tasks: int = 0
    """Tasks that succeeded, of all hosts together."""
    changed: int = 0
    runs: int = 1
    """Of Ansible."""


def harden_from_image(there: Field) -> Hardened:
    """Ask the provider for every host at once, as an engine does: it waits for each, then gathers them into runs.

    Raises `AnswerNo` when a host could not be hardened.
    """
    provider = HostsProvider(EngineLog(""))
    evidence = there.running.world / "evidence"
    settings = {
        "sshConfig": str(there.running.ssh_config),
        "evidenceDirectory": str(evidence),
        "deadlineSeconds": str(DEADLINE_SECONDS),
        "bootSeconds": str(BOOT_SECONDS),
        "forks": str(FORKS),
        "journalAuthority": str(journal_authority(there.running.world)),
    }
    provider.configure({name: property_value(value) for name, value in settings.items()})
    inputs = there.inputs()
    pool = ThreadPoolExecutor(len(inputs), thread_name_prefix="host")
    try:
        with _measuring(there) as taken:
            asked = [
                pool.submit(provider.create, name, TYPE, each, preview=False, timeout=0)
                for name, each in inputs.items()
            ]
            # A signal is only heard between two looks.
            while wait(asked, _LOOK_SECONDS).not_done:
                continue
            outputs = [each.result().properties for each in asked]
    except ProviderError as error:
        raise AnswerNo(f"not hardened from the image: {error}") from error
    finally:
        provider.cancel()
        pool.shutdown()
        provider.close()
    taken.tasks = sum(int(str(plain_value(each["tasks"]))) for each in outputs)
    taken.changed = sum(int(str(plain_value(each["changed"]))) for each in outputs)
    taken.runs = len(list(evidence.iterdir()))
    return taken


def harden_bare(there: Field) -> Hardened:
    """Apply every role by `ansible-playbook`, with the inventory, ssh and forks of the other side.

    Raises `AnswerNo` when a host could not be hardened.
    """
    directory = there.running.world
    listed = directory / "inventory.json"
    way = f"-F {shlex.quote(str(there.running.ssh_config))} {alive()}"
    hosts = inventory(there.baselines(), way, journal_authority(directory))
    listed.write_text(json.dumps(hosts), encoding="utf-8")
    log = directory / "ansible.log"
    with tempfile.TemporaryDirectory(prefix="metropole-") as sockets:
        argv = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", str(listed), str(EVERYTHING)]
        environment = {
            **os.environ,
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_ACTION_PLUGINS": str(PLAYBOOKS / "action_plugins"),
            "ANSIBLE_CONFIG": str(PLAYBOOKS / "ansible.cfg"),
            "ANSIBLE_FORKS": str(FORKS),
            "ANSIBLE_HOME": str(directory / "ansible"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_TASK_TIMEOUT": str(TASK_SECONDS),
            "ANSIBLE_SSH_CONTROL_PATH_DIR": sockets,
        }
        try:
            with _measuring(there) as taken, log.open("wb") as out:
                code = _run(argv, environment, out.fileno())
        finally:
            end_connections(Path(sockets))
    text = log.read_text(encoding="utf-8", errors="replace")
    told = recap(text)
    if code or set(told) != set(there.names):
        raise AnswerNo(f"ansible-playbook did not harden bare hosts (exit code {code}):\n{text[-_SAID:]}")
    taken.tasks = sum(ok for ok, _ in told.values())
    taken.changed = sum(changed for _, changed in told.values())
    return taken


def recap(text: str) -> dict[str, tuple[int, int]]:
    """From the last words of `ansible-playbook`: how many tasks succeeded on each host, and changed something."""
    return {host: (int(ok), int(changed)) for host, ok, changed in _RECAP.findall(text)}


def _run(argv: list[str], environment: dict[str, str], out: int) -> int:
    process = subprocess.Popen(
        argv, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        return process.wait(ANCHOR_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise AnswerNo(f"ansible-playbook did not harden bare hosts within {ANCHOR_SECONDS} s") from error
    finally:
        kill_tree(process.pid)
        process.wait()


@contextmanager
def _measuring(there: Field) -> Generator[Hardened]:
    taken = Hardened(hosts=len(there.hosts))
    hosts, here, begun = there.processor_seconds(), _used(), time.monotonic()
    yield taken
    taken.seconds = time.monotonic() - begun
    taken.controller_seconds = _used() - here
    taken.host_seconds = there.processor_seconds() - hosts


def _used() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )
