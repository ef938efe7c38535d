"""What the text means, compared with a library that reads YAML 1.2 and was not asked to write this."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from territory.loader import TERRITORIES
from territory.yaml_source import SourceError, read_yaml


@pytest.mark.parametrize("file", sorted(TERRITORIES.glob("*/*.yaml")), ids=lambda f: f"{f.parent.name}/{f.name}")
def test_our_files_mean_what_yaml_1_2_says(file: Path) -> None:
    root, duplicates = read_yaml(file.read_bytes())
    assert duplicates == ()
    assert root.plain() == YAML(typ="safe", pure=True).load(file)


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "yes",
        "on",
        "NO",
        "true",
        "False",
        "null",
        "~",
        "12",
        "-3",
        "+7",
        "1.5",
        "-.5",
        "1e3",
        "1.",
        "12:30",
        "'12'",
        '"true"',
        "10.0.0.0/8",
        "2A",
        "1_000",
        "2024-01-01",
        "x y",
        "''",
    ],
)
def test_scalars(text: str) -> None:
    expected = YAML(typ="safe", pure=True).load(f"a: {text}")["a"]
    if text in {"1_000", "2024-01-01"}:  # ruamel keeps these two from YAML 1.1; to the core schema they are words
        expected = text
    found = read_yaml(f"a: {text}".encode())[0].plain()["a"]
    assert (found, type(found)) == (expected, type(expected))


def test_lines_are_those_of_the_text() -> None:
    root, _ = read_yaml(b"# head\na:\n  - x\n  - b: 1\n    c: [1,\n      2]\n")
    assert root.line_of(("a",)) == 2
    assert root.line_of(("a", 0)) == 3
    assert root.line_of(("a", 1)) == 4
    assert root.line_of(("a", 1, "c")) == 5
    assert root.line_of(("a", 1, "c", 1)) == 6
    assert root.line_of(("a", 1, "absent")) == 4
    assert root.line_of(("a", 9)) == 2


@given(st.binary(max_size=200) | st.text(alphabet="ab:-[]{}&*!|>'\"#, \n\t?%@`0.", max_size=60).map(str.encode))
def test_any_text_is_read_or_refused_with_a_reason(raw: bytes) -> None:
    fault = None
    try:
        read_yaml(raw)[0].plain()
    except SourceError as error:
        fault = error.fault
    assert fault is None or (fault.message and fault.remedy)
