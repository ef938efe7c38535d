"""YAML files that `metro` writes for itself and for the tools it starts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML

from operations.errors import InputError
from territory.yaml_source import SourceError, read_yaml


def read_mapping(path: Path) -> dict[str, Any]:
    """The mapping a file holds; empty when there is no such file. Raises `InputError` for one that is not YAML."""
    try:
        root, _ = read_yaml(path.read_bytes())
    except FileNotFoundError:
        return {}
    except SourceError as error:
        line = f":{error.fault.line}" if error.fault.line else ""
        raise InputError(f"{path}{line}: {error.fault.message}", error.fault.remedy or "") from None
    content: Any = root.plain()
    return cast(dict[str, Any], content) if isinstance(content, dict) else {}


def write_mapping(path: Path, content: Mapping[str, Any], mode: int = 0o644) -> None:
    """Replace a file at once: a reader sees the old content or the new, never a part, and never a wider mode."""
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 120
    text = StringIO()
    yaml.dump(dict(content), text)
    write_text(path, text.getvalue(), mode)


def write_text(path: Path, text: str, mode: int = 0o644) -> None:
    """Replace a text file at once, with its mode set before the first byte is written."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)
    temporary.replace(path)
