from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.ephemeral.duration import LONGEST, SHORTEST, parse_duration, say_duration
from operations.errors import InputError


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("1m", 1), ("90m", 90), ("2h", 120), ("1h30m", 90), ("3d", 4320), ("1d12h", 2160), (" 2h ", 120), ("31d", 44640)],
)
def test_what_people_write(text: str, minutes: int) -> None:
    assert parse_duration(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "2", "h", "2 h", "2H", "-2h", "1.5h", "30m1h", "2h2h", "PT2H", "2y", "२h"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(InputError, match="no time to live") as refusal:
        parse_duration(text)
    assert "1h30m" in (refusal.value.remedy or "")


@pytest.mark.parametrize("text", ["0m", "0h", "32d", "31d1m", "99999d"])
def test_what_is_out_of_range(text: str) -> None:
    with pytest.raises(InputError, match="out of range") as refusal:
        parse_duration(text)
    assert refusal.value.remedy == "choose one from 1m to 31d"


@given(st.timedeltas(min_value=SHORTEST, max_value=LONGEST))
def test_what_is_said_can_be_read_back_and_is_never_more(duration: timedelta) -> None:
    read = parse_duration(say_duration(duration))
    assert read <= duration < read + timedelta(hours=1)


def test_no_time_at_all_is_said_too() -> None:
    assert say_duration(timedelta(seconds=20)) == "0m"
