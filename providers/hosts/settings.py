"""The configuration of the package: how hosts are reached, and where what was done to them is written down."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from providers.logic import CheckFailure, Properties, ProviderError
from providers.values import is_unknown

_PATHS = ("sshConfig", "evidenceDirectory")
_OPTIONAL_PATHS = ("journalAuthority",)
_NUMBERS = {"deadlineSeconds": 600, "bootSeconds": 180, "forks": 32, "batchHosts": 32, "failureBudget": 3}
"""Name to default."""
_MAY_BE_NONE = frozenset({"failureBudget"})
_WORKERS = "workers"
_KNOWN = (*_PATHS, *_OPTIONAL_PATHS, *_NUMBERS, _WORKERS)
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


@dataclass(frozen=True)
class Settings:
    """One provider's configuration."""

    ssh_config: Path
    """All it takes to reach every host by its name (`ssh -F`)."""
    evidence_directory: Path
    """Where each run leaves its log and its result, in a directory of its own."""
    deadline_seconds: int
    """The longest that a run on any number of hosts may take."""
    boot_seconds: int
    """The longest that a host just made may take to answer."""
    forks: int
    """How many hosts are worked on at a time, from here and from each worker."""
    journal_authority: Path | None = None
    """The directory of the authority that hosts' certificates are from; none, and journals stay on their hosts."""
    batch_hosts: int = _NUMBERS["batchHosts"]
    """How many hosts a run that changes them is for: more go in several, after one host of each role."""
    failure_budget: int = _NUMBERS["failureBudget"]
    """How many hosts may fail. Once more did, those not begun are left as they are."""
    workers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Site to the host, as in the ssh configuration, that runs Ansible for the hosts of that site."""
    patience: int = 1
    """How many times as long as usual a host may be silent, and a task may take: more for one in software."""


def setting_failures(config: Properties) -> Iterator[CheckFailure]:
    """What is wrong with a configuration; what is not known yet is taken for right."""
    for name, value in config.items():
        if name not in _KNOWN:
            yield CheckFailure(name, f"is no such setting; expected {', '.join(_KNOWN)}")
        elif is_unknown(value):
            continue
        elif name in (*_PATHS, *_OPTIONAL_PATHS) and not (
            isinstance(value.value, str) and Path(value.value).is_absolute()
        ):
            yield CheckFailure(name, f"found {value.value!r}, expected an absolute path")
        elif name in _NUMBERS and not _is_count(value.value, least=0 if name in _MAY_BE_NONE else 1):
            least = "" if name in _MAY_BE_NONE else " above 0"
            yield CheckFailure(name, f"found {value.value!r}, expected a whole number{least}")
        elif name == _WORKERS and _workers(value.value) is None:
            yield CheckFailure(name, f"found {value.value!r}, expected an object: the name of a host for each site")
    for name in _PATHS:
        if name not in config:
            yield CheckFailure(name, "is required")


def read_settings(config: Properties) -> Settings:
    """From a configuration nothing is wrong with. Raises `ProviderError` for one that is not whole."""
    for failure in setting_failures(config):
        raise ProviderError(f"{failure.property}: {failure.reason}")
    texts = {name: str(value.value) for name, value in config.items()}
    numbers = {name: int(texts.get(name, default)) for name, default in _NUMBERS.items()}
    return Settings(
        ssh_config=Path(texts["sshConfig"]),
        evidence_directory=Path(texts["evidenceDirectory"]),
        deadline_seconds=numbers["deadlineSeconds"],
        boot_seconds=numbers["bootSeconds"],
        forks=numbers["forks"],
        journal_authority=Path(texts["journalAuthority"]) if "journalAuthority" in texts else None,
        batch_hosts=numbers["batchHosts"],
        failure_budget=numbers["failureBudget"],
        workers=_workers(texts.get(_WORKERS, "{}")) or {},
    )


# What is not a string arrives as its JSON, in a string.
def _is_count(value: object, *, least: int) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdigit() and int(value) >= least


def _workers(value: object) -> dict[str, str] | None:
    """Host by site; None for anything else."""
    try:
        read = json.loads(value) if isinstance(value, str) else None
    except json.JSONDecodeError:
        return None
    if not isinstance(read, dict):
        return None
    names = cast("dict[str, object]", read)
    if not all(isinstance(name, str) and _NAME.fullmatch(name) for pair in names.items() for name in pair):
        return None
    return cast("dict[str, str]", names)
