"""Files that people write for the gate, read with the line of everything in them, and what is wrong with them in words.

A file costs no more than its size: `territory.yaml_source` refuses aliases, tags, deep nesting and large files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from territory.errors import Problem, nearest, one_of
from territory.yaml_source import LARGEST_FILE, Node, Pointer, SourceError, read_yaml

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Document:
    """What a file says; `problems` is what is wrong with it as YAML, and then `root` may be only a part of it."""

    file: str
    """As the reader would type it."""
    root: Node
    problems: tuple[Problem, ...] = ()

    def problem(
        self,
        pointer: Pointer,
        message: str,
        *,
        found: str | None = None,
        expected: str | None = None,
        near: str | None = None,
        remedy: str | None = None,
    ) -> Problem:
        """A mistake at a place in the file."""
        return Problem(self.file, self.root.line_of(pointer), message, found, expected, near, remedy)


def read_document(file: Path) -> Document:
    """The file, however broken. Raises `OSError` where it cannot be read at all."""
    with file.open("rb") as stream:
        return document_of(stream.read(LARGEST_FILE + 1), shown(file))


def document_of(raw: bytes, file: str) -> Document:
    """The same of bytes that come from elsewhere, such as another revision."""
    try:
        root, duplicates = read_yaml(raw)
    except SourceError as error:
        fault = error.fault
        problem = Problem(file, fault.line, fault.message, fault.found, fault.expected, remedy=fault.remedy)
        return Document(file, Node(1, None), (problem,))
    problems = [
        Problem(file, each.line, each.message, each.found, each.expected, None, each.remedy) for each in duplicates
    ]
    return Document(file, root, tuple(problems))


def validated(model: type[M], document: Document, pointer: Pointer, value: Any) -> M | tuple[Problem, ...]:
    """The value at a place of a document as a model, or every way in which it is none."""
    try:
        # By way of JSON, because there strict means what an author expects: a list is a tuple, a date is its text.
        return model.model_validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        return tuple(_problem(model, document, pointer, details) for details in error.errors(include_url=False))


def shown(path: Path) -> str:
    """As the reader would type it: relative to the working directory when it lies below it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, FileNotFoundError):  # not below it, or it was deleted
        return str(path)


def _problem(model: type[BaseModel], document: Document, above: Pointer, details: ErrorDetails) -> Problem:
    pointer: Pointer = (*above, *details["loc"])
    key = pointer[-1] if pointer and isinstance(pointer[-1], str) else ""
    fields = _fields_at(model, details["loc"][:-1])
    meaning = fields[key].description if key in fields else None
    expected = meaning.split("\n")[0] if meaning else None
    match details["type"]:
        case "missing":
            return document.problem(
                pointer[:-1], f"{key} is missing", expected=expected, remedy=f"Write {key}: and its value."
            )
        case "extra_forbidden":
            near = nearest(key, fields)
            return document.problem(
                pointer,
                f"there is no key {key} here",
                found=key,
                expected=one_of(fields),
                near=near,
                remedy=f"Write {near}." if near else "Delete it.",
            )
        case "value_error":
            message = str(details.get("ctx", {}).get("error", details["msg"]))
            return document.problem(pointer, message, remedy="Correct this entry.")
        case _:
            found = json.dumps(details["input"], ensure_ascii=False, default=str)[:120]
            reason = details["msg"][:1].lower() + details["msg"][1:]
            return document.problem(
                pointer,
                f"{key or 'this'} cannot be read: {reason}",
                found=found,
                expected=expected,
                remedy="Correct the value.",
            )


def _fields_at(model: type[BaseModel], pointer: Pointer) -> Mapping[str, FieldInfo]:
    """The keys that may stand at a place: those of the model, or of the one that one of its lists is of."""
    fields: Mapping[str, FieldInfo] = model.model_fields
    for step in pointer:
        if step in fields:
            annotation: Any = fields[str(step)].annotation
            inner = next((each for each in (annotation, *get_args(annotation)) if hasattr(each, "model_fields")), None)
            fields = inner.model_fields if inner else {}
    return fields
