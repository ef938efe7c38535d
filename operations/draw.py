"""Runs `metro map`: draws the asked formats, then prints them or writes them to files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from operations.console import Console
from operations.errors import InputError
from operations.map import html, svg, text
from operations.map.layout import lay_out
from operations.map.sheet import NARROW, WIDE
from operations.map.subject import Subject
from operations.territories import choose_territory

FORMATS: Mapping[str, Callable[[Subject], str]] = {
    "svg": lambda subject: svg.render(subject, lay_out(subject, WIDE)),
    "html": lambda subject: html.render(subject, lay_out(subject, WIDE), lay_out(subject, NARROW)),
    "text": text.render,
}
SUFFIXES = {"svg": ".svg", "html": ".html", "text": ".txt"}


def run_map(territory: str, formats: str, output: Path | None, *, as_json: bool) -> None:
    """Draw a territory. One format without a directory goes to stdout, or into the JSON object."""
    console = Console(as_json=as_json)
    asked = _formats(formats)
    subject = Subject(choose_territory(territory).model)
    if output is None and len(asked) > 1 and not as_json:
        raise InputError(f"{len(asked)} formats cannot share one output", "add --output DIR, or ask for one format")
    pictures: list[Mapping[str, object]] = []
    for name in asked:
        with console.step(f"drawing {subject.territory.name} as {name}"):
            drawn = FORMATS[name](subject)
        if output is not None:
            file = _write(output, f"{subject.territory.name}{SUFFIXES[name]}", drawn)
            console.say(f"wrote {file}")
            pictures.append({"format": name, "file": str(file), "bytes": file.stat().st_size})
        else:
            pictures.append({"format": name, "content": drawn})
            if not as_json:
                sys.stdout.write(drawn)
    console.result({"territory": subject.territory.name, "summary": subject.summary, "pictures": pictures})


def _formats(formats: str) -> tuple[str, ...]:
    asked = tuple(dict.fromkeys(name.strip() for name in formats.split(",") if name.strip()))
    unknown = [name for name in asked if name not in FORMATS]
    if unknown or not asked:
        found = f"found {', '.join(unknown)}" if unknown else "found none"
        raise InputError(f"--format: {found}, expected {', '.join(FORMATS)}", f"--format {','.join(FORMATS)}")
    return asked


def _write(folder: Path, name: str, text: str) -> Path:
    file = folder.expanduser() / name
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}", "name another directory") from error
    return file
