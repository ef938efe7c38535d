"""What a test of the suites is handed: one host, as it is declared and as it was found."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest


def rule(*ids: str, level: str | None = None, roles: Collection[str] = ()) -> pytest.MarkDecorator:
    """Mark a test with the rules of ANSSI-BP-028 it is about, and the hosts it is for where it is not for all."""
    return pytest.mark.rule(*ids, level=level, roles=tuple(roles))


@dataclass(frozen=True)
class Subject:
    """One host."""

    name: str
    role: str
    level: str
    declared: Mapping[str, Any]
    """What the territory says of it: see `declared.declared_of`."""
    facts: Mapping[str, Any]
    """What its collector told: see `collector.main`."""

    def text(self, *paths: str) -> str:
        """The files of these names, or below a folder whose name ends with `/`; comments and empty lines left out."""
        texts: Mapping[str, str] = self.facts["texts"]
        chosen = [text for path, text in texts.items() if any(_is_meant(path, each) for each in paths)]
        lines = (line.strip() for text in chosen for line in text.splitlines())
        return "\n".join(line for line in lines if line and line[0] not in "#;")

    def value(self, path: str, key: str) -> str:
        """A setting of a file (`key value` or `key = value`), the last one; empty when there is none."""
        pattern = re.compile(rf"{re.escape(key)}\s*[=\s]\s*(.*)", re.IGNORECASE)
        found = [match.group(1) for line in self.text(path).splitlines() if (match := pattern.fullmatch(line))]
        return found[-1].strip() if found else ""

    def needs_own_kernel(self, what: str) -> None:
        """Skip a test whose answer a container cannot give: it would be that of the machine it runs on."""
        if self.facts["container"]:
            pytest.skip(f"a container cannot show {what}")


def _is_meant(path: str, name: str) -> bool:
    return path.startswith(name) if name.endswith("/") else path == name


def hold(problems: Collection[str] | Iterator[str]) -> None:
    """Fail a test with everything that was found wrong, in one line; pass when nothing was."""
    found = list(problems)
    if found:
        pytest.fail("; ".join(found), pytrace=False)
