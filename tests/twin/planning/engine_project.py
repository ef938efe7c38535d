"""A throw-away Pulumi project for a program of the tests, on a file backend of its own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from operations.engine.engine import Engine
from planning.engine_preview import read_preview
from planning.offline import CHECKOUT
from planning.plan import PlannedResource


class EngineRefusedError(Exception):
    """`pulumi` failed; `said` is everything it said, as text."""

    def __init__(self, command: str, output: str) -> None:
        self.said = output.replace("\\n", "\n").replace('\\"', '"')
        super().__init__(f"pulumi {command}: {output}")


@dataclass(frozen=True)
class EngineProject:
    """Runs `pulumi` on one program."""

    engine: Engine
    folder: Path
    provider_port: int

    @classmethod
    def make(cls, engine: Engine, folder: Path, main: Path, provider_port: int) -> EngineProject:
        (folder / "state").mkdir()
        settings = {
            "name": "metropole",
            "runtime": {"name": "python", "options": {"virtualenv": str(CHECKOUT / ".venv")}},
        }
        (folder / "Pulumi.yaml").write_text(json.dumps({**settings, "main": str(main)}))
        return cls(engine, folder, provider_port)

    def add_stack(self, name: str, config: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        self.run("stack", "init", f"organization/metropole/{name}", "--no-select")
        for key, value in config.items():
            self.run("config", "set", "--stack", name, key, value)
        for key, value in secrets.items():
            self.run("config", "set", "--stack", name, "--secret", key, value)

    def preview(self, stack: str) -> dict[str, PlannedResource]:
        return read_preview(self.run("preview", "--json", "--show-sames", "--stack", stack))

    def up(self, stack: str) -> None:
        self.run("up", "--yes", "--skip-preview", "--stack", stack)

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [str(self.engine.pulumi), *arguments, "--non-interactive"],
            cwd=self.folder,
            env={
                "PATH": f"{self.engine.bin_dir}:{os.environ['PATH']}",
                "HOME": str(self.folder),
                "PULUMI_HOME": str(self.folder / "home"),
                "PULUMI_BACKEND_URL": (self.folder / "state").as_uri(),
                "PULUMI_CONFIG_PASSPHRASE": "not a secret",
                "PULUMI_DEBUG_PROVIDERS": f"toy:{self.provider_port}",
                "PULUMI_SKIP_UPDATE_CHECK": "true",
                "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise EngineRefusedError(" ".join(arguments[:2]), done.stdout + done.stderr)
        return done.stdout
