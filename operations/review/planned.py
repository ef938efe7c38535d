"""Plans and judges a revision in a process of its own, and remembers what came of it.

The folder it runs in is put together of the revision's program and data (`stacks`, `components`, `territory`,
`playbooks`), of the rules of the revision that judges (`policies`), and of this tool's own code for everything else. So
a pull request changes what is planned, never how, nor by what it is judged.
"""

from __future__ import annotations

import compileall
import hashlib
import json
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from operations.errors import AnswerNo
from operations.gate.environments import GateEnvironment
from operations.paths import CHECKOUT, state_directory
from operations.review.child import Outcome, Task
from operations.review.environments import LOCK, python_for
from operations.review.repository import Repository, Revision
from operations.yaml_files import write_text
from planning.offline import planning_environment
from planning.values import FingerprintKey

PROGRAM = ("stacks", "components", "territory", "playbooks")
"""What a revision says is deployed."""
RULES = "policies"
TOOL = ("planning", "operations", "providers", "twin")
"""What is always this tool's."""
KEPT_OUTCOMES = 24
LARGEST_RESULT = 1 << 30
SECONDS = 600


@dataclass(frozen=True)
class Timed:
    """An outcome and what it took."""

    outcome: Outcome
    seconds: float
    remembered: bool


class Planner:
    """Makes outcomes for one review."""

    def __init__(self, repository: Repository, tool: Revision, scratch: Path, home: Path | None = None) -> None:
        self._repository = repository
        self._tool = tool
        self._scratch = scratch
        self._home = home or state_directory() / "review"
        self._home.mkdir(parents=True, exist_ok=True, mode=0o700)

    def outcome(
        self,
        revision: Revision,
        rules: Revision,
        territory: str,
        environment: GateEnvironment | None,
        *,
        plan: Outcome | None = None,
    ) -> Timed:
        """The plan of a revision and what another one's rules say of it; `plan`: that of an earlier outcome."""
        begun = time.monotonic()
        key = self._key()
        name = self._name(revision, rules, territory, environment, key)
        kept = self._home / "outcomes" / f"{name}.json"
        found = _read(kept)
        if found is not None:
            kept.touch()
            return Timed(found, time.monotonic() - begun, remembered=True)
        outcome = self._make(revision, rules, territory, environment, key, plan)
        if outcome.error is None:
            # Whoever asks for what was chosen here by default is to find it as well.
            for asked in {environment, outcome.environment}:
                _keep(kept.with_name(f"{self._name(revision, rules, territory, asked, key)}.json"), outcome)
        return Timed(outcome, time.monotonic() - begun, remembered=False)

    def _name(
        self, revision: Revision, rules: Revision, territory: str, environment: GateEnvironment | None, key: bytes
    ) -> str:
        today = datetime.now(UTC).date().isoformat()  # waivers expire
        parts: list[str | None] = [territory, environment, FingerprintKey(key).id, str(self._home), today]
        parts += [self._repository.subtree(revision, each) for each in (*PROGRAM, LOCK)]
        parts.append(self._repository.subtree(rules, RULES))
        parts += [self._repository.subtree(self._tool, each) for each in (*TOOL, LOCK)]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def _make(
        self,
        revision: Revision,
        rules: Revision,
        territory: str,
        environment: GateEnvironment | None,
        key: bytes,
        plan: Outcome | None,
    ) -> Outcome:
        lock = self._repository.text(revision, LOCK)
        if lock is None:
            raise AnswerNo(f"{revision.asked} has no {LOCK}", "review a revision of this project")
        python = python_for(lock, self._home / "environments")
        with tempfile.TemporaryDirectory(prefix="tree-", dir=self._scratch) as name:
            root = Path(name)
            self._assemble(root, revision, PROGRAM)
            self._assemble(root, rules, (RULES,))
            for folder in TOOL:
                shutil.copytree(CHECKOUT / folder, root / folder)
            known = None
            if plan is not None and plan.plan is not None:
                known = root / "plan.json"
                known.write_text(plan.plan.to_json(), encoding="utf-8")
            result = root / "result.json"
            task = Task(
                territory=territory, environment=environment, fingerprint_key=key.hex(), plan=known, result=result
            )
            said = self._run(python, root, task)
            if not result.exists() or result.stat().st_size > LARGEST_RESULT:
                return Outcome(error=f"planning ended without an answer\n{said}".strip())
            try:
                return Outcome.model_validate_json(result.read_bytes())
            except ValidationError as error:
                return Outcome(error=f"planning answered with something that is no plan: {error.errors()[0]['msg']}")

    def _assemble(self, root: Path, revision: Revision, folders: Sequence[str]) -> None:
        """Bring folders of a revision, compiled; those this tool has alike come with what is compiled already."""
        foreign: list[str] = []
        for folder in folders:
            if self._repository.subtree(revision, folder) == self._repository.subtree(self._tool, folder):
                shutil.copytree(CHECKOUT / folder, root / folder, symlinks=True)
            else:
                foreign.append(folder)
        if foreign:
            self._repository.export(revision, foreign, root)
            for folder in foreign:
                # Every stack is planned in a process of its own, which would compile it all anew.
                compileall.compile_dir(root / folder, quiet=2)

    def _run(self, python: Path, root: Path, task: Task) -> str:
        with tempfile.TemporaryDirectory(prefix="home-", dir=self._scratch) as home:
            # The gateways of a rehearsal are enrolled once, so that both revisions see the same ones.
            state = self._home / "rehearsal"
            state.mkdir(exist_ok=True, mode=0o700)
            environment = planning_environment(Path(home)) | {
                "PYTHONPATH": str(root),
                "METROPOLE_STATE": str(state),
            }
            try:
                done = subprocess.run(
                    [str(python), "-P", "-m", "operations.review.child"],
                    cwd=home,
                    env=environment,
                    input=task.model_dump_json().encode(),
                    capture_output=True,
                    timeout=SECONDS,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                return f"it was still running after {SECONDS} s"
        return done.stderr.decode(errors="replace")[-3000:]

    def _key(self) -> bytes:
        """One key for all plans of this state directory: what is remembered can be compared down to its secrets."""
        file = self._home / "fingerprint-key"
        if not file.exists():
            write_text(file, secrets.token_hex(32), mode=0o600)
        return bytes.fromhex(file.read_text(encoding="utf-8"))


def _read(file: Path) -> Outcome | None:
    try:
        return Outcome.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None


def _keep(file: Path, outcome: Outcome) -> None:
    file.parent.mkdir(exist_ok=True, mode=0o700)
    write_text(file, outcome.model_dump_json(exclude_defaults=True), mode=0o600)
    newest = sorted(file.parent.glob("*.json"), key=os.path.getmtime, reverse=True)
    for old in newest[KEPT_OUTCOMES:]:
        old.unlink(missing_ok=True)
