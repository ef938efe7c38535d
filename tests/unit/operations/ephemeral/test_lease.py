from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.ephemeral.lease import UNFINISHED, Lease, Leases, UnreadableLease, due, rfc3339

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FILES = [("territory.yaml", "name: drill\n"), ("sites.yaml", "datacenters: []\n")]


def lease(name: str = "drill", expires: datetime = NOON) -> Lease:
    return Lease(name=name, source="sandbox", made=NOON - timedelta(hours=4), expires=expires)


moments = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1), timezones=st.just(UTC))
many = st.lists(moments).map(lambda ends: [lease(f"drill-{i}", end) for i, end in enumerate(ends)])


@given(many, moments)
def test_due_are_exactly_those_whose_time_is_up_the_longest_first(leases: list[Lease], now: datetime) -> None:
    found = due(leases, now)
    assert {each.name for each in found} == {each.name for each in leases if each.expires <= now}
    assert [each.expires for each in found] == sorted(each.expires for each in found)
    assert len(found) == len({each.name for each in found})


@given(many, moments, st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)))
def test_time_only_ever_adds_to_what_is_due(leases: list[Lease], now: datetime, passed: timedelta) -> None:
    assert {each.name for each in due(leases, now)} <= {each.name for each in due(leases, now + passed)}


@given(moments, st.timezones())
def test_a_time_zone_changes_nothing(now: datetime, zone: timezone) -> None:
    assert due([lease(expires=now.astimezone(zone))], now)
    assert not due([lease(expires=(now + timedelta(seconds=1)).astimezone(zone))], now)
    assert rfc3339(now.astimezone(zone)) == rfc3339(now)


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    leases = Leases(tmp_path)
    leases.add(lease(), FILES)
    assert leases.find("drill") == lease()
    assert {file.name: file.read_text() for file in leases.folder("drill").iterdir()} == dict(FILES)
    assert leases.all() == ([lease()], [])
    assert [path.name for path in leases.root.iterdir()] == ["drill"]


def test_renewing_changes_the_time_and_leaves_the_copy(tmp_path: Path) -> None:
    leases = Leases(tmp_path)
    leases.add(lease(), FILES)
    leases.folder("drill").joinpath("sites.yaml").write_text("changed for the drill\n")
    leases.renew(lease(expires=NOON + timedelta(hours=1)))
    assert leases.find("drill") == lease(expires=NOON + timedelta(hours=1))
    assert leases.folder("drill").joinpath("sites.yaml").read_text() == "changed for the drill\n"


def test_a_name_cannot_be_given_twice(tmp_path: Path) -> None:
    leases = Leases(tmp_path)
    leases.add(lease(), FILES)
    with pytest.raises(OSError, match="not empty"):
        leases.add(lease(), FILES)
    assert [path.name for path in leases.root.iterdir()] == ["drill"]


def test_forgetting_leaves_nothing_and_can_be_done_again(tmp_path: Path) -> None:
    leases = Leases(tmp_path)
    leases.add(lease(), FILES)
    leases.forget("drill")
    leases.forget("drill")
    assert leases.find("drill") is None
    assert leases.all() == ([], [])


def test_a_removal_that_was_cut_off_is_still_on_record(tmp_path: Path) -> None:
    leases = Leases(tmp_path)
    leases.add(lease(), FILES)
    for file in leases.folder("drill").iterdir():
        file.unlink()
    assert due(leases.all()[0], NOON) == [lease()]


GOOD = json.loads(lease().model_dump_json())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "No such file"),
        ("", "Invalid JSON"),
        ('{"name": "drill"', "Invalid JSON"),
        ("[]", "Input should be an object"),
        (json.dumps({**GOOD, "expires": "soon"}), "expires: "),
        (json.dumps({**GOOD, "expires": "2026-11-23T12:00:00"}), "timezone"),
        (json.dumps({key: value for key, value in GOOD.items() if key != "expires"}), "expires: Field required"),
        (json.dumps({**GOOD, "name": "bordeaux"}), "is the record of bordeaux"),
        (json.dumps({**GOOD, "protect": True}), "protect: "),
    ],
)
def test_a_record_that_says_nothing_clear_is_nobodys_to_remove(tmp_path: Path, content: str | None, words: str) -> None:
    leases = Leases(tmp_path)
    leases.add(lease(), FILES)
    file = leases.root / "drill" / "lease.json"
    file.unlink() if content is None else file.write_text(content)
    with pytest.raises(UnreadableLease, match=words) as refusal:
        leases.find("drill")
    assert str(leases.root / "drill") in (refusal.value.remedy or "")
    readable, unreadable = leases.all()
    assert readable == []
    assert [each.directory.name for each in unreadable] == ["drill"]


def test_half_written_records_are_swept_when_they_are_old(tmp_path: Path) -> None:
    leases = Leases(tmp_path)
    young, old = leases.root / f"{UNFINISHED}a", leases.root / f"{UNFINISHED}b"
    for directory, age in ((young, 60), (old, 7200)):
        directory.mkdir(parents=True)
        os.utime(directory, times=(NOON.timestamp() - age, NOON.timestamp() - age))
    assert leases.all() == ([], [])
    leases.sweep(NOON)
    assert young.exists()
    assert not old.exists()
