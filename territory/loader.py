"""Reads a territory: every `*.yaml` of its folder, each top-level key in one file, all mistakes at once."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from territory import checks, validation
from territory.errors import Problem, TerritoryError, Violation, nearest, one_of
from territory.model import Territory
from territory.validation import TOP_LEVEL_KEYS
from territory.yaml_source import LARGEST_FILE, Node, SourceError, SourceFault, read_yaml

TERRITORIES = Path(__file__).resolve().parent.parent / "stacks" / "territories"
"""Where a territory is looked for by name: this checkout's own."""


def territory_names() -> tuple[str, ...]:
    """The territories of this checkout, in alphabetical order."""
    return tuple(sorted({file.parent.name for file in TERRITORIES.glob("*/*.yaml")}))


def load_territory(name_or_path: str | Path) -> Territory:
    """The territory of that name, or in that folder: read, validated, and past every check.

    Raises `TerritoryError` with everything that is wrong with it.
    """
    folder = territory_folder(name_or_path)
    source = _read(folder)
    if not source.data and source.problems:
        raise TerritoryError(source.problems)
    outcome = validation.validate(source.plain(), complete=not source.unreadable)
    if isinstance(outcome, tuple):
        raise TerritoryError([*source.problems, *map(source.locate, outcome)])
    violations = list(checks.violations(outcome))
    if folder.parent == TERRITORIES and outcome.name != folder.name:
        violations.append(_misnamed(outcome, folder))
    problems = [*source.problems, *map(source.locate, violations)]
    if problems:
        raise TerritoryError(problems)
    return outcome


@dataclass
class _Source:
    """What the files of one folder say, and where they say it."""

    folder: Path
    data: dict[str, Node] = field(default_factory=dict[str, Node])
    lines: dict[str, int] = field(default_factory=dict[str, int])
    files: dict[str, Path] = field(default_factory=dict[str, Path])
    problems: list[Problem] = field(default_factory=list[Problem])
    unreadable: bool = False
    """At least one file could not be read, so absent keys prove nothing."""

    def plain(self) -> dict[str, Any]:
        return {key: node.plain() for key, node in self.data.items()}

    def locate(self, violation: Violation) -> Problem:
        """The violation with the file and the line its pointer leads to."""
        key = str(violation.pointer[0]) if violation.pointer else ""
        file, line = _shown(self.folder), None
        if key in self.data:
            rest = violation.pointer[1:]
            file, line = _shown(self.files[key]), self.data[key].line_of(rest) if rest else self.lines[key]
        return Problem(
            file, line, violation.message, violation.found, violation.expected, violation.nearest, violation.remedy
        )

    def fault(self, file: Path, fault: SourceFault) -> None:
        self.problems.append(
            Problem(_shown(file), fault.line, fault.message, fault.found, fault.expected, remedy=fault.remedy)
        )


def territory_folder(name_or_path: str | Path) -> Path:
    """The folder of a territory, by its name or its path; it need not exist."""
    if isinstance(name_or_path, str) and name_or_path not in {".", ".."} and os.sep not in name_or_path:
        folder, known = TERRITORIES / name_or_path, territory_names()
        if name_or_path in known:
            return folder
        near = nearest(name_or_path, known)
        raise TerritoryError(
            [
                Problem(
                    _shown(TERRITORIES),
                    None,
                    f'there is no territory "{name_or_path}"',
                    found=name_or_path,
                    expected=one_of(known),
                    nearest=near,
                    remedy=f"Name {near}." if near else f"Name {one_of(known)}, or give the path of a folder.",
                )
            ]
        )
    folder = Path(name_or_path).expanduser().absolute()
    if not folder.is_dir():
        raise TerritoryError(
            [
                Problem(
                    str(name_or_path),
                    None,
                    "there is no such folder",
                    expected=f"a folder of *.yaml files, or a name: {one_of(territory_names())}",
                    remedy="Correct the path.",
                )
            ]
        )
    return folder


def _read(folder: Path) -> _Source:
    source = _Source(folder)
    files = sorted(folder.glob("*.yaml"))
    if not files:
        source.problems.append(
            Problem(
                _shown(folder),
                None,
                "the folder holds no *.yaml file",
                expected=f"files with the keys {', '.join(TOP_LEVEL_KEYS)}",
                remedy="Copy stacks/territories/sandbox and change it.",
            )
        )
    for ignored in sorted(folder.glob("*.yml")):
        source.fault(
            ignored,
            SourceFault(None, "only *.yaml is read", found=".yml", expected=".yaml", remedy="Rename the file."),
        )
    for file in files:
        try:
            with file.open("rb") as stream:
                root, duplicates = read_yaml(stream.read(LARGEST_FILE + 1))
        except SourceError as error:
            source.unreadable = True
            source.fault(file, error.fault)
        except OSError as error:
            source.unreadable = True
            remedy = "Make it a readable file."
            source.fault(file, SourceFault(None, f"the file cannot be read: {error.strerror}", remedy=remedy))
        else:
            for duplicate in duplicates:
                source.fault(file, duplicate)
            _merge(source, file, root)
    return source


def _merge(source: _Source, file: Path, root: Node) -> None:
    if root.value is None:
        return
    if not isinstance(root.value, dict):
        source.unreadable = True
        expected = f"top-level keys, such as {', '.join(TOP_LEVEL_KEYS[:4])}"
        remedy = "Write the key the values belong to above them."
        source.fault(file, SourceFault(root.line, "the file is not a mapping", expected=expected, remedy=remedy))
        return
    for key, node in root.value.items():
        line = root.key_lines[key]
        if key in source.data:
            first = f"{_shown(source.files[key])}:{source.lines[key]}"
            source.fault(
                file,
                SourceFault(
                    line,
                    f"the key {key} is in another file already: {first}",
                    expected="each top-level key in one file",
                    remedy="Move what is here over there.",
                ),
            )
            continue
        source.data[key], source.lines[key], source.files[key] = node, line, file


def _misnamed(territory: Territory, folder: Path) -> Violation:
    return Violation(
        ("name",),
        f"the territory in the folder {folder.name} calls itself {territory.name}: both would have the same stacks",
        found=territory.name,
        expected=folder.name,
        remedy=f"Write name: {folder.name}",
    )


def _shown(path: Path) -> str:
    """As the reader would type it: relative to the working directory when it lies below it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, FileNotFoundError):  # not below it, or it was deleted
        return str(path)
