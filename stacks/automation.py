"""How a stack's program reaches hosts, from its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from components.hosts.automation import LIMITS, Automation, AutomationArgs
from stacks.configuration import Configuration, SettingsError, refuse_unknown, set_path_command, text

KEY = "automation"
_PATHS = ("sshConfig", "evidenceDirectory")
_AUTHORITY = "journalAuthority"
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
    refuse_unknown(KEY, entry, (*_PATHS, _AUTHORITY, *LIMITS))
    ssh_config, evidence_directory = (_path(entry, name) for name in _PATHS)
    limits = {name: _count(f"{KEY}.{name}", entry[name]) for name in LIMITS if name in entry}
    authority = _path(entry, _AUTHORITY) if _AUTHORITY in entry else None
    return AutomationArgs(ssh_config, evidence_directory, limits, authority)


def automation_provider(args: AutomationArgs | None) -> Automation:
    """The provider that every host of the stack names. Raises `SettingsError` when the configuration says nothing."""
    if args is None:
        name = _PATHS[0]
        raise SettingsError(
            KEY, "does not say how hosts are reached", set_path_command(f"{KEY}.{name}", _EXAMPLES[name])
        )
    return Automation(KEY, args)


def _path(entry: Mapping[str, object], name: str) -> str:
    key, remedy = f"{KEY}.{name}", set_path_command(f"{KEY}.{name}", _EXAMPLES[name])
    if name not in entry:
        raise SettingsError(key, "is not set", remedy)
    found = text(key, entry[name])
    if not PurePosixPath(found).is_absolute():
        raise SettingsError(key, f"found {found!r}, expected an absolute path", remedy)
    return found


def _count(key: str, value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise SettingsError(key, f"found {value!r}, expected a whole number above 0", set_path_command(key, "32"))
