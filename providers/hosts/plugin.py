"""Installs the package `metropole` as an ordinary plugin of a PULUMI_HOME."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from providers.hosts.version import NAME, VERSION

_EXECUTABLE = """\
#!/bin/sh
# The provider of package {package}, from the installation that wrote this file.
exec {python} -P -m providers.hosts "$@"
"""


def install_plugin(pulumi_home: Path) -> Path:
    """Write the executable where the engine looks for the plugin, and return it.

    Safe to repeat, also while an engine starts the plugin: the file is replaced whole, and only when it differs.
    """
    directory = pulumi_home / "plugins" / f"resource-{NAME}-v{VERSION}"
    directory.mkdir(parents=True, exist_ok=True)
    text = _EXECUTABLE.format(package=NAME, python=shlex.quote(sys.executable))
    executable = directory / f"pulumi-resource-{NAME}"
    if not executable.is_file() or executable.read_text(encoding="utf-8") != text:
        temporary = directory / ".new"
        temporary.write_text(text, encoding="utf-8")
        temporary.chmod(0o755)
        temporary.replace(executable)
    return executable
