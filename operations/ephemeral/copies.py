"""A territory's files under another name."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

NAME = "name"


def renamed_copy(folder: Path, name: str) -> Mapping[str, str]:
    """The `*.yaml` of a valid territory's folder by file name, where the territory calls itself `name`.

    Only the file that says the name is written anew, comments kept; the others are copied byte for byte.
    """
    texts = {file.name: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.yaml"))}
    return {file: _renamed(text, name) for file, text in texts.items()}


def _renamed(text: str, name: str) -> str:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10_000
    content: Any = yaml.load(text)
    if not isinstance(content, dict) or NAME not in content:
        return text
    content[NAME] = name
    written = StringIO()
    yaml.dump(content, written)
    return written.getvalue()
