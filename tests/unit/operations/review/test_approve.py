"""Whether a checkout is what was reviewed."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.errors import AnswerNo, InputError
from operations.review.approve import check_reviewed
from operations.review.digests import Digest
from tests.unit.operations.review.made import review

FOUND = Digest.of({"plan of sandbox-network": "1", "rules": "2"})


def reviewed(digest: Digest, folder: Path) -> str:
    file = folder / "review.json"
    made = review([], digest=digest.value, digest_parts=digest.parts)
    file.write_text(made.model_dump_json(exclude_none=True))
    return str(file)


def test_the_same_digest_is_what_was_reviewed(tmp_path: Path) -> None:
    check_reviewed(FOUND.value, FOUND)
    check_reviewed(reviewed(FOUND, tmp_path), FOUND)


def test_another_digest_is_not(tmp_path: Path) -> None:
    with pytest.raises(AnswerNo, match="the plan digest differs"):
        check_reviewed("0" * 64, FOUND)
    other = Digest.of({**FOUND.parts, "rules": "3"})
    with pytest.raises(AnswerNo, match="not what was reviewed:\n  rules differs"):
        check_reviewed(reviewed(other, tmp_path), FOUND)


def test_a_digest_that_is_not_of_its_parts_is_not_believed(tmp_path: Path) -> None:
    forged = Digest(value="0" * 64, parts=FOUND.parts)
    with pytest.raises(AnswerNo, match="does not hold together"):
        check_reviewed(reviewed(forged, tmp_path), FOUND)


def test_what_is_no_review_is_wrong_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        check_reviewed(str(tmp_path / "none"), FOUND)
    (tmp_path / "x").write_text("{}")
    with pytest.raises(InputError, match="neither a plan digest nor"):
        check_reviewed(str(tmp_path / "x"), FOUND)
