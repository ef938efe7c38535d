"""The record of an ephemeral territory: what it is a copy of and when its time is up.

`<state>/ephemeral/<name>/` holds the record and the copy. The directory appears at once, whole, before anything of the
territory exists, and goes last, after everything of it has gone: a run that is killed leaves nothing without a record.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from operations.errors import InputError
from operations.yaml_files import write_text
from territory.model import Identifier

UNFINISHED = ".new-"
"""What the name of a directory begins with while it is being written."""
UNFINISHED_S = 3600.0
"""Far longer than writing takes."""


class Lease(BaseModel):
    """One ephemeral territory's time to live."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Identifier
    """The territory's name, the first word of its stacks'."""
    source: str
    """What it is a copy of: the name of a shipped territory, or an absolute path."""
    made: AwareDatetime
    expires: AwareDatetime
    """From this moment on the janitor takes it down."""

    def is_due(self, now: datetime) -> bool:
        """Whether its time is up."""
        return self.expires <= now


class UnreadableLease(InputError):  # noqa: N818 - what was found, not what was done wrong
    """A directory among the records that does not say what it is; nothing is done about it without a person."""

    def __init__(self, directory: Path, problem: str) -> None:
        super().__init__(
            f"the record of the ephemeral territory {directory.name} cannot be read: {problem}",
            f"put it right; when nothing of {directory.name} is deployed, remove {directory}",
        )
        self.directory = directory


class Leases:
    """The records of one state directory."""

    def __init__(self, state: Path) -> None:
        self.root = state / "ephemeral"

    def folder(self, name: str) -> Path:
        """The folder of an ephemeral territory's own `*.yaml`."""
        return self.root / name / "territory"

    def find(self, name: str) -> Lease | None:
        """The record of a name; None when there is none. Raises `UnreadableLease` for one that says nothing clear."""
        directory = self.root / name
        if not directory.exists():
            return None
        file = directory / "lease.json"
        try:
            lease = Lease.model_validate_json(file.read_bytes())
        except OSError as error:
            raise UnreadableLease(directory, f"{file}: {error.strerror}") from None
        except ValidationError as error:
            (first, *_) = error.errors()
            where = "".join(f"{each}: " for each in first["loc"])
            raise UnreadableLease(directory, f"{file}: {where}{first['msg']}") from None
        if lease.name != name:
            raise UnreadableLease(directory, f"{file} is the record of {lease.name}")
        return lease

    def all(self) -> tuple[list[Lease], list[UnreadableLease]]:
        """Every record, in alphabetical order, and every directory that has none which can be read."""
        leases: list[Lease] = []
        unreadable: list[UnreadableLease] = []
        found = sorted(self.root.iterdir()) if self.root.is_dir() else []
        for directory in (path for path in found if not path.name.startswith(UNFINISHED)):
            try:
                if lease := self.find(directory.name):
                    leases.append(lease)
            except UnreadableLease as error:
                unreadable.append(error)
        return leases, unreadable

    def add(self, lease: Lease, files: Iterable[tuple[str, str]]) -> None:
        """Write a new record and the copy's files (name, text), all at once."""
        self.root.mkdir(exist_ok=True, mode=0o700)
        beside = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=self.root))
        try:
            (beside / "territory").mkdir()
            for file, text in files:
                (beside / "territory" / file).write_text(text, encoding="utf-8")
            (beside / "lease.json").write_text(lease.model_dump_json(indent=2) + "\n", encoding="utf-8")
            beside.rename(self.root / lease.name)
        finally:
            shutil.rmtree(beside, ignore_errors=True)

    def renew(self, lease: Lease) -> None:
        """Write a record in the place of the one of the same name; the copy stays as it is."""
        write_text(self.root / lease.name / "lease.json", lease.model_dump_json(indent=2) + "\n")

    def forget(self, name: str) -> None:
        """Remove a record and its copy. The record goes last, so that a removal cut off is begun again."""
        shutil.rmtree(self.folder(name), ignore_errors=True)
        (self.root / name / "lease.json").unlink(missing_ok=True)
        shutil.rmtree(self.root / name, ignore_errors=True)

    def sweep(self, now: datetime) -> None:
        """Remove what runs that were killed had begun to write as records; a young one may still be written."""
        for beside in self.root.glob(f"{UNFINISHED}*"):
            if now.timestamp() - beside.stat().st_mtime > UNFINISHED_S:
                shutil.rmtree(beside, ignore_errors=True)


def due(leases: Iterable[Lease], now: datetime) -> list[Lease]:
    """Those whose time is up, the longest overdue first."""
    return sorted((lease for lease in leases if lease.is_due(now)), key=lambda lease: (lease.expires, lease.name))


def rfc3339(moment: datetime) -> str:
    """A moment in UTC, to the second. Example: `2026-11-24T01:10:49Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
