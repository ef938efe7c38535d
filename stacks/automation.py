"""How a stack's program reaches hosts, from its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from components.hosts.automation import LIMITS, MAY_BE_NONE, Automation, AutomationArgs
from stacks.configuration import (
    Configuration,
    SettingsError,
    refuse_unknown,
    set_path_command,
    text,
    texts_by_name,
)
from territory.model import Territory

KEY = "automation"
_PATHS = ("sshConfig", "evidenceDirectory")
_AUTHORITY = "journalAuthority"
_WORKERS = "workers"
_EXAMPLES = {
    "sshConfig": "/etc/metropole/ssh_config",
    "evidenceDirectory": "/var/lib/metropole/evidence",
    _AUTHORITY: "/etc/metropole/journal-authority",
}


def read_automation(config: Configuration) -> AutomationArgs | None:
    """What the key `automation` says; None where it is not set."""
    entry = config.mapping(KEY)
    if not entry:
        return None
    refuse_unknown(KEY, entry, (*_PATHS, _AUTHORITY, *LIMITS, _WORKERS))
    ssh_config, evidence_directory = (_path(entry, name) for name in _PATHS)
    limits = {name: _count(name, entry[name]) for name in LIMITS if name in entry}
    authority = _path(entry, _AUTHORITY) if _AUTHORITY in entry else None
    workers = texts_by_name(f"{KEY}.{_WORKERS}", entry.get(_WORKERS, {}))
    return AutomationArgs(ssh_config, evidence_directory, limits, authority, workers)


def automation_provider(args: AutomationArgs | None, territory: Territory) -> Automation:
    """The provider that every host of the stack names.

    Raises `SettingsError` when the configuration says nothing, or of a site that the territory does not have.
    """
    if args is None:
        name = _PATHS[0]
        raise SettingsError(
            KEY, "does not say how hosts are reached", set_path_command(f"{KEY}.{name}", _EXAMPLES[name])
        )
    sites = (site.id for site in (*territory.datacenters, *territory.cloud_regions))
    refuse_unknown(f"{KEY}.{_WORKERS}", args.workers, sites, noun="site")
    return Automation(KEY, args)


def _path(entry: Mapping[str, object], name: str) -> str:
    key, remedy = f"{KEY}.{name}", set_path_command(f"{KEY}.{name}", _EXAMPLES[name])
    if name not in entry:
        raise SettingsError(key, "is not set", remedy)
    found = text(key, entry[name])
    if not PurePosixPath(found).is_absolute():
        raise SettingsError(key, f"found {found!r}, expected an absolute path", remedy)
    return found


def _count(name: str, value: object) -> int:
    least = 0 if name in MAY_BE_NONE else 1
    if isinstance(value, int) and not isinstance(value, bool) and value >= least:
        return value
    key, above = f"{KEY}.{name}", "" if name in MAY_BE_NONE else " above 0"
    raise SettingsError(key, f"found {value!r}, expected a whole number{above}", set_path_command(key, "32"))
