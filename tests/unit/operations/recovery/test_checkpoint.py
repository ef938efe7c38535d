"""A state that was cut off in its write is replaced by the one before it, never thrown away."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path

import pytest

from operations.errors import InputError
from operations.recovery.checkpoint import (
    has_pending_operations,
    mend_checkpoint,
    remove_cut_off_attributes,
    remove_unfinished_writes,
)

WHOLE = json.dumps({"version": 3, "checkpoint": {"stack": "s", "latest": {"resources": []}}})


def stacks(tmp_path: Path, current: str | None, previous: str | None) -> Path:
    directory = tmp_path / ".pulumi" / "stacks" / "metropole"
    directory.mkdir(parents=True)
    file = directory / "s.json"
    if current is not None:
        file.write_text(current)
    if previous is not None:
        (directory / "s.json.bak").write_text(previous)
    return file


def test_a_whole_state_stays_as_it_is(tmp_path: Path) -> None:
    file = stacks(tmp_path, WHOLE, "nonsense")
    assert not mend_checkpoint(file, pytest.fail)
    assert file.read_text() == WHOLE


def test_a_stack_that_does_not_exist_is_not_brought_back_from_its_backup(tmp_path: Path) -> None:
    file = stacks(tmp_path, None, WHOLE)
    assert not mend_checkpoint(file, pytest.fail)
    assert not file.exists()


@pytest.mark.parametrize("cut", [0, 1, len(WHOLE) // 2, len(WHOLE) - 1])
def test_a_state_cut_off_anywhere_gives_way_to_the_previous_one(tmp_path: Path, cut: int) -> None:
    file = stacks(tmp_path, WHOLE[:cut], WHOLE)
    told: list[str] = []
    assert mend_checkpoint(file, told.append)
    assert file.read_text() == WHOLE
    (aside,) = file.parent.glob("s.json.unreadable-*")
    assert aside.read_text() == WHOLE[:cut]
    assert aside.name in told[0]


@pytest.mark.parametrize("previous", [None, "", "[]", "{}"])
def test_without_any_readable_state_nothing_is_touched_and_the_way_out_is_told(
    tmp_path: Path, previous: str | None
) -> None:
    file = stacks(tmp_path, "{", previous)
    with pytest.raises(InputError) as refusal:
        mend_checkpoint(file, pytest.fail)
    assert file.read_text() == "{"
    assert "pulumi stack import" in str(refusal.value.remedy)


def test_only_attributes_that_were_cut_off_are_removed(tmp_path: Path) -> None:
    """The engine reads a file without attributes, but none whose attributes end too early."""
    whole = tmp_path / "a.json.attrs"
    whole.write_text('{"md5": "x"}')
    for name, text in (("b.json.attrs", ""), ("c.json.attrs", '{"md5": "'), ("d.json", "")):
        (tmp_path / name).write_text(text)

    assert remove_cut_off_attributes([tmp_path, tmp_path / "nothing"]) == 2

    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json.attrs", "d.json"]


def test_a_temporary_file_of_a_dead_engine_goes_and_whole_files_stay(tmp_path: Path) -> None:
    left = tmp_path / "4f1c.json.18a2b3c4d5e6f708.tmp"
    left.write_text("{")
    long_ago = time.time() - 60
    os.utime(left, (long_ago, long_ago))
    (tmp_path / "4f1c.json").write_text("{}")

    assert remove_unfinished_writes([tmp_path, tmp_path / "absent"]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["4f1c.json"]


def test_a_temporary_file_that_is_being_written_is_given_the_time_to_become_whole(tmp_path: Path) -> None:
    left = tmp_path / "4f1c.json.18a2b3c4d5e6f708.tmp"
    left.write_text("{}")
    renaming = threading.Timer(0.1, left.rename, [tmp_path / "4f1c.json"])
    renaming.start()

    assert remove_unfinished_writes([tmp_path]) == 0
    renaming.join()
    assert [path.name for path in tmp_path.iterdir()] == ["4f1c.json"]


def test_operations_under_way_are_seen_without_asking_an_engine(tmp_path: Path) -> None:
    state = tmp_path / "stack.json"
    assert not has_pending_operations(state)
    state.write_text(
        json.dumps({"version": 3, "checkpoint": {"latest": {"pending_operations": [{"type": "creating"}]}}})
    )
    assert has_pending_operations(state)
    for nothing in ({}, {"latest": None}, {"latest": {"resources": []}}):
        state.write_text(json.dumps({"version": 3, "checkpoint": nothing}))
        assert not has_pending_operations(state)
