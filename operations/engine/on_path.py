"""The engine that the machine's owner installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from operations.engine.engine import LANGUAGE_HOST, Engine
from operations.engine.version import ENGINE_VERSION, is_recent_enough

SHIM_MARK = b"# Written by metro"
"""What the `pulumi` of `metro env` says of itself: it is a way to an engine, not one."""


def engine_on_path(search_path: str | None = None) -> tuple[Engine | None, str]:
    """The first `pulumi` on PATH if it serves, and a sentence on what was found."""
    directories = (search_path if search_path is not None else os.environ.get("PATH", os.defpath)).split(os.pathsep)
    for directory in directories:
        pulumi = Path(directory) / "pulumi"
        if not directory or not pulumi.is_file() or not os.access(pulumi, os.X_OK) or _is_shim(pulumi):
            continue
        return _judge(pulumi, directories)
    return None, "there is no pulumi on PATH"


def _judge(pulumi: Path, directories: list[str]) -> tuple[Engine | None, str]:
    version = engine_version(pulumi)
    if version is None:
        return None, f"{pulumi} does not tell its version"
    if not is_recent_enough(version):
        return None, f"{pulumi} is {version}, and {ENGINE_VERSION} or newer of the same major version is needed"
    beside = pulumi.resolve().parent
    if not shutil.which(LANGUAGE_HOST, path=os.pathsep.join([str(beside), *directories])):
        return None, f"{pulumi} comes without {LANGUAGE_HOST}"
    return Engine(version.removeprefix("v"), pulumi, "path", pulumi.parent), f"{pulumi} is {version}"


def engine_version(pulumi: Path) -> str | None:
    """What `pulumi version` says, such as `v3.259.0`, or None when it cannot be run."""
    try:
        output = subprocess.run(
            [pulumi, "version"],
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
            env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    return output.strip() or None


def _is_shim(pulumi: Path) -> bool:
    try:
        with pulumi.open("rb") as file:
            return SHIM_MARK in file.read(200)
    except OSError:
        return False
