"""The generated Pulumi project of a checkout's twin, and the environment in which an engine works on it.

It is apart from the checkout's own `Pulumi.yaml`: a twin's configuration, state, passphrase and plugins can never
be taken for real ones, nor committed. Plain `pulumi -C <project>` works on it as well as `metro`.
"""

from __future__ import annotations

import secrets
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from operations.deployment.engine_process import RUN_VARIABLE
from operations.errors import InputError
from operations.paths import CHECKOUT
from operations.recovery.own_processes import RunId
from operations.worlds.isolation import CLOSED_DOORS, HIDDEN_NAMES, HIDDEN_PREFIXES, twin_environment
from operations.yaml_files import write_mapping, write_text

PROJECT_NAME = "metropole"


@dataclass(frozen=True)
class Project:
    """Where the engine works for the twin of one state directory."""

    state: Path

    @property
    def directory(self) -> Path:
        """Holds the generated `Pulumi.yaml`."""
        return self.state / "project"

    @property
    def configuration(self) -> Path:
        """Holds `Pulumi.<stack>.yaml`."""
        return self.directory / "config"

    @property
    def pulumi_home(self) -> Path:
        """The private PULUMI_HOME, where the stand-in providers are installed."""
        return self.state / "pulumi-home"

    @property
    def backend(self) -> Path:
        """Root of the file backend."""
        return self.state / "state"

    @property
    def passphrase(self) -> Path:
        """The file with the passphrase that encrypts the stacks' secrets; mode 0600."""
        return self.state / "passphrase"

    @property
    def shim(self) -> Path:
        """The `pulumi` that plain shells use."""
        return self.state / "bin" / "pulumi"

    def configuration_file(self, stack: str) -> Path:
        """The configuration file of a stack, whether it exists or not."""
        return self.configuration / f"Pulumi.{stack}.yaml"

    def state_file(self, stack: str) -> Path:
        """The file backend's checkpoint of a stack; it exists exactly when the stack does."""
        return self.backend / ".pulumi" / "stacks" / PROJECT_NAME / f"{stack}.json"

    def lock_directory(self, stack: str) -> Path:
        """Where the file backend keeps the locks of a stack."""
        return self.backend / ".pulumi" / "locks" / "organization" / PROJECT_NAME / stack

    def backend_directories(self, stack: str) -> tuple[Path, ...]:
        """Every directory in which the file backend keeps something an engine reads for a stack."""
        root = self.backend / ".pulumi"
        return (root, self.state_file(stack).parent, self.lock_directory(stack), *self._past(stack))

    def _past(self, stack: str) -> tuple[Path, ...]:
        """Where the file backend keeps what a stack's state was."""
        return tuple(self.backend / ".pulumi" / kind / PROJECT_NAME / stack for kind in ("history", "backups"))

    def forget(self, stack: str) -> None:
        """Remove a stack, its past included, without asking an engine: its state may be what cannot be read."""
        file = self.state_file(stack)
        for path in (*file.parent.glob(f"{file.name}*"), self.configuration_file(stack)):
            path.unlink(missing_ok=True)
        (self.configuration / f".{stack}.fingerprints").unlink(missing_ok=True)
        for directory in (*self._past(stack), self.lock_directory(stack)):
            shutil.rmtree(directory, ignore_errors=True)

    def variables(self) -> dict[str, str]:
        """What an engine must be told to work here; holds no secret."""
        return {
            "PULUMI_HOME": str(self.pulumi_home),
            "PULUMI_BACKEND_URL": self.backend.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(self.passphrase),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            # A provider on the person's PATH must not take the place of the twin's.
            "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
            "PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK": "true",
        }

    def environment(self, inherited: Mapping[str, str], run: RunId) -> dict[str, str]:
        """The whole environment of an engine started by one run of `metro`."""
        return twin_environment(inherited, {**self.variables(), RUN_VARIABLE: run.mark(self.state)})


def prepare_project(state: Path) -> Project:
    """Write the generated project of a state directory; what is already right stays untouched."""
    project = Project(state)
    for directory in (project.configuration, project.pulumi_home, project.backend, project.shim.parent):
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    _prepare_passphrase(project)
    write_mapping(
        project.directory / "Pulumi.yaml",
        {
            "name": PROJECT_NAME,
            "description": "The twin of this checkout; written by metro",
            "main": str(CHECKOUT / "stacks"),
            "stackConfigDir": project.configuration.name,
            "runtime": {"name": "python", "options": {"virtualenv": sys.prefix}},
        },
    )
    return project


def _prepare_passphrase(project: Project) -> None:
    if project.passphrase.exists():
        project.passphrase.chmod(0o600)
        return
    if any(project.state_file("*").parent.glob("*.json")):
        raise InputError(
            f"{project.passphrase} is missing, and the twin's stacks hold secrets only it can read",
            "put the file back, or start afresh: ./metro twin reset --territory NAME",
        )
    write_text(project.passphrase, secrets.token_urlsafe(32) + "\n", mode=0o600)


SHIM = """#!/bin/sh
# Written by metro: the engine, on the twin of {checkout}, without the credentials of this shell.
for name in $(env | sed -n 's/^\\([A-Za-z_][A-Za-z0-9_]*\\)=.*/\\1/p'); do
  case $name in
    {hidden}) unset "$name" ;;
  esac
done
{exports}
exec {pulumi} -C {project} "$@"
"""


def write_shim(project: Project, pulumi: Path) -> None:
    """Write the `pulumi` that a shell finds after `eval "$(./metro env)"`: isolated like every child of a twin."""
    names = [*sorted(HIDDEN_NAMES), *(name.lower() for name in sorted(HIDDEN_NAMES))]
    hidden = "|".join([*(f"{prefix}*" for prefix in HIDDEN_PREFIXES), *names])
    variables = {**CLOSED_DOORS, **project.variables()}
    exports = "\n".join(f"export {name}={quote(value)}" for name, value in variables.items())
    text = SHIM.format(
        checkout=CHECKOUT,
        hidden=hidden,
        exports=exports,
        pulumi=quote(str(pulumi)),
        project=quote(str(project.directory)),
    )
    write_text(project.shim, text, mode=0o755)
