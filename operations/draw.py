"""Runs `metro map`: draws the asked formats, then prints them or writes them to files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from operations.console import Console
from operations.errors import InputError
from operations.formats import asked_formats, write_document
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
    asked = asked_formats(formats, FORMATS)
    subject = Subject(choose_territory(territory).model)
    if output is None and len(asked) > 1 and not as_json:
        raise InputError(f"{len(asked)} formats cannot share one output", "add --output DIR, or ask for one format")
    pictures: list[Mapping[str, object]] = []
    for name in asked:
        with console.step(f"drawing {subject.territory.name} as {name}"):
            drawn = FORMATS[name](subject)
        if output is not None:
            file = write_document(output, f"{subject.territory.name}{SUFFIXES[name]}", drawn)
            console.say(f"wrote {file}")
            pictures.append({"format": name, "file": str(file), "bytes": file.stat().st_size})
        else:
            pictures.append({"format": name, "content": drawn})
            if not as_json:
                sys.stdout.write(drawn)
    console.result({"territory": subject.territory.name, "summary": subject.summary, "pictures": pictures})
