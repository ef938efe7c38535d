"""Installs the stand-in providers as ordinary plugins of a private PULUMI_HOME."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from twin.packages import PACKAGES, Package

_PROCESS = Path(__file__).with_name("plugin_process.py")

_EXECUTABLE = """\
#!/bin/sh
# The twin's stand-in for package {package}: asks the daemon of this state directory for a provider of its own.
exec {python} -IS {process} {state} {package} "$@"
"""


def install_plugins(pulumi_home: Path, state: Path, packages: Mapping[str, Package] = PACKAGES) -> None:
    """Write an executable for each package where the engine looks for its plugins.

    Safe to repeat, also while an engine starts plugins: a file is replaced whole, and only when its content differs.
    """
    for name, package in packages.items():
        directory = pulumi_home / "plugins" / f"resource-{name}-v{package.version}"
        directory.mkdir(parents=True, exist_ok=True)
        text = _EXECUTABLE.format(
            package=name,
            python=shlex.quote(sys.executable),
            process=shlex.quote(str(_PROCESS.resolve())),
            state=shlex.quote(str(state.resolve())),
        )
        executable = directory / f"pulumi-resource-{name}"
        if executable.is_file() and executable.read_text(encoding="utf-8") == text:
            continue
        temporary = directory / ".new"
        temporary.write_text(text, encoding="utf-8")
        temporary.chmod(0o755)
        temporary.replace(executable)
