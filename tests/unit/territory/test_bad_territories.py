"""Each file in `bad/` is a mistake made in the sandbox and, word for word, what its author is told."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, Field

from territory.errors import TerritoryError
from territory.loader import TERRITORIES, load_territory

CASES = sorted((Path(__file__).parent / "bad").glob("*.yaml"))


class Edit(BaseModel):
    model_config = ConfigDict(extra="forbid")
    file: str
    find: str | None = None
    """Replaced, and there must be exactly one of it; without it `put` is appended, in a new file if need be."""
    put: str


class Case(BaseModel):
    model_config = ConfigDict(extra="forbid")
    edits: Annotated[list[Edit], Field(min_length=1)]
    says: str


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy to spoil, which is also the working directory, so that messages name files without a folder."""
    folder = tmp_path / "sandbox"
    shutil.copytree(TERRITORIES / "sandbox", folder)
    monkeypatch.chdir(folder)
    return folder


def spoil(folder: Path, edit: Edit) -> None:
    file = folder / edit.file
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    if edit.find is None:
        text += edit.put
    else:
        assert text.count(edit.find) == 1, f"{edit.file} has {text.count(edit.find)} of {edit.find!r}"
        text = text.replace(edit.find, edit.put)
    file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_message(path: Path, sandbox: Path) -> None:
    case = Case.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    for edit in case.edits:
        spoil(sandbox, edit)
    with pytest.raises(TerritoryError) as raised:
        load_territory(sandbox)
    assert str(raised.value) + "\n" == case.says
    assert all(problem.remedy for problem in raised.value.problems)


def test_the_unspoilt_copy_loads(sandbox: Path) -> None:
    assert load_territory(sandbox) == load_territory("sandbox")
