"""What `--format` and `-o` mean to every verb that writes documents."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from operations.errors import InputError


def asked_formats(formats: str, known: Collection[str]) -> tuple[str, ...]:
    """The formats of a comma-separated list, each once. `InputError` for one that is not among `known`."""
    asked = tuple(dict.fromkeys(name.strip() for name in formats.split(",") if name.strip()))
    unknown = [name for name in asked if name not in known]
    if unknown or not asked:
        found = f"found {', '.join(unknown)}" if unknown else "found none"
        raise InputError(f"--format: {found}, expected {', '.join(known)}", f"--format {','.join(known)}")
    return asked


def write_document(folder: Path, name: str, text: str) -> Path:
    """Write a document into a folder, which is made if need be. `InputError` where nobody may write."""
    file = folder.expanduser() / name
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}", "name another directory") from error
    return file
