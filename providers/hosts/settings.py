"""The configuration of the package: how hosts are reached, and where what was done to them is written down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from providers.logic import CheckFailure, Properties, ProviderError
from providers.values import is_unknown

_PATHS = ("sshConfig", "evidenceDirectory")
_OPTIONAL_PATHS = ("journalAuthority",)
_NUMBERS = {"deadlineSeconds": 600, "bootSeconds": 180, "forks": 32}
"""Name to default."""
_KNOWN = (*_PATHS, *_OPTIONAL_PATHS, *_NUMBERS)


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
    """How many hosts are worked on at a time."""
    journal_authority: Path | None = None
    """The directory of the authority that hosts' certificates are from; none, and journals stay on their hosts."""
    patience: int = 1
    """How many times as long as usual a host may be silent, and a task may take: more for one in software."""


def setting_failures(config: Properties) -> Iterator[CheckFailure]:
    """What is wrong with a configuration; what is not known yet is taken for right."""
    for name, value in config.items():
        if name not in _KNOWN:
            yield CheckFailure(name, f"is no such setting; expected {', '.join(_KNOWN)}")
        elif is_unknown(value):
            continue
        elif name not in _NUMBERS and not (isinstance(value.value, str) and Path(value.value).is_absolute()):
            yield CheckFailure(name, f"found {value.value!r}, expected an absolute path")
        elif name in _NUMBERS and not _is_count(value.value):
            yield CheckFailure(name, f"found {value.value!r}, expected a whole number above 0")
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
    )


def _is_count(value: object) -> bool:
    # What is not a string arrives as its JSON, in a string.
    return isinstance(value, str) and value.isascii() and value.isdigit() and int(value) > 0
