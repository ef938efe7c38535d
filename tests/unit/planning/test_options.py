from __future__ import annotations

import pytest

from planning.options import seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("90s", 90),
        ("1h30m", 5400),
        ("2.5m", 150),
        ("500ms", 0.5),
        ("-1s", -1),
        (".5s", 0.5),
        ("1h0m0s", 3600),
    ],
)
def test_durations_as_go_writes_them(text: str, expected: float) -> None:
    assert seconds(text) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["soon", "10", "5 m", "1d", "m"])
def test_what_is_no_duration_is_refused_in_the_engines_words(text: str) -> None:
    with pytest.raises(ValueError, match=f"unable to parse customTimeout Value {text}"):
        seconds(text)
