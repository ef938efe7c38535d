"""The guides work as they are written."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from operations.engine.engine import Engine
from tests.twin.guides.guide import CHECKOUT, blocks, copy_checkout, follow

pytestmark = [pytest.mark.api, pytest.mark.slow]

GUIDES = CHECKOUT / "docs" / "guides"


@pytest.fixture
def checkout() -> Generator[Path]:
    # pytest's own folders are too long for what the twin puts below them.
    directory = Path(tempfile.mkdtemp(prefix="guide-"))
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", ["add-a-commune", "a-new-territory"])
def test_a_guide_can_be_followed_to_its_end(name: str, checkout: Path, engine: Engine, vcsim_binary: Path) -> None:
    guide = GUIDES / f"{name}.md"
    assert sum(block.kind == "sh" for block in blocks(guide)) >= 2
    environment = copy_checkout(checkout)
    try:
        follow(guide, checkout, environment)
    finally:
        subprocess.run([checkout / "metro", "twin", "down"], cwd=checkout, env=environment, check=True)


def test_a_guide_that_is_wrong_is_caught(tmp_path: Path) -> None:
    guide = tmp_path / "guide.md"
    for text, words in {
        "```sh\ntrue\nfalse\n```\n": "guide.md:1 ended with 1",
        "# A\n\n```sh\necho some more words\n```\n```text\nsome … words\nother\n```\n": "'other' is not in",
    }.items():
        guide.write_text(text, encoding="utf-8")
        with pytest.raises(AssertionError, match=words):
            follow(guide, tmp_path, {"PATH": "/usr/bin:/bin"})
    guide.write_text(
        "```sh\ntouch a.yaml\n```\n```yaml\n# a.yaml, at the end\n- b\n```\n```sh\ncat a.yaml\n```\n```text\n- b\n```\n"
    )
    follow(guide, tmp_path, {"PATH": "/usr/bin:/bin"})
    assert (tmp_path / "a.yaml").read_text() == "- b\n"
