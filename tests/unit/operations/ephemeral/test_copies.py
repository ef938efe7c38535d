from __future__ import annotations

from pathlib import Path

import pytest

from operations.ephemeral.copies import renamed_copy
from territory.loader import TERRITORIES, load_territory, territory_names


@pytest.mark.parametrize("name", territory_names())
def test_a_copy_differs_from_its_source_in_nothing_but_its_name(name: str, tmp_path: Path) -> None:
    copy = renamed_copy(TERRITORIES / name, "drill-7")
    for file, text in copy.items():
        (tmp_path / file).write_text(text, encoding="utf-8")

    assert load_territory(tmp_path) == load_territory(name).model_copy(update={"name": "drill-7"})
    changed = [
        (before, after)
        for file, text in copy.items()
        for before, after in zip(
            (TERRITORIES / name / file).read_text(encoding="utf-8").splitlines(), text.splitlines(), strict=True
        )
        if before != after
    ]
    assert changed == [(f"name: {name}", "name: drill-7")]
