"""Files that `metro` keeps: read as they were written, and a broken one is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.errors import InputError
from operations.yaml_files import read_mapping, write_mapping

WORDS = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


@given(content=st.dictionaries(WORDS, VALUES, max_size=4))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, content: dict[str, object]) -> None:
    file = tmp_path_factory.getbasetemp() / "kept.yaml"
    write_mapping(file, content)
    assert read_mapping(file) == content


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "0123", "1:30", "1_000", "~", "null", "1e5", "0x1f"])
def test_a_word_that_looks_like_something_else_stays_a_word(tmp_path: Path, word: str) -> None:
    write_mapping(tmp_path / "kept.yaml", {"word": word})
    assert read_mapping(tmp_path / "kept.yaml") == {"word": word}


def test_no_file_is_an_empty_mapping(tmp_path: Path) -> None:
    assert read_mapping(tmp_path / "none.yaml") == {}


def test_a_broken_file_is_told_with_its_line(tmp_path: Path) -> None:
    broken = tmp_path / "Pulumi.sandbox-network.yaml"
    broken.write_text("config:\n  metropole:layer: [network\n")
    with pytest.raises(InputError) as told:
        read_mapping(broken)
    assert told.value.message.startswith(f"{broken}:")
    assert told.value.remedy
