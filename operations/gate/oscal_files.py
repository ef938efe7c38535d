"""OSCAL files of the controls, in a folder of the person's choice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from operations.errors import InputError
from operations.yaml_files import write_text
from policies.catalogue import all_rules
from policies.controls.coverage import FrameworkCoverage
from policies.report import Report


def write_oscal(
    folder: Path, frameworks: Sequence[FrameworkCoverage], report: Report | None, when: datetime
) -> tuple[Path, ...]:
    """Write a catalog and a component definition a framework, and what the gate observed where there is a report."""
    from policies.controls.oscal import oscal_documents  # noqa: PLC0415 - trestle takes a second to import

    rules = {rule.id: rule for rule in all_rules()}
    documents = oscal_documents(frameworks, rules, report, when=when, version=version("metropole"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in documents.items():
            write_text(folder / name, text)
    except OSError as error:
        raise InputError(f"OSCAL cannot be written to {folder}: {error.strerror}", "name a folder of yours") from None
    return tuple(folder / name for name in documents)
