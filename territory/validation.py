"""From plain data to a `Territory`, or to every way in which the data is not one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from territory.errors import Violation
from territory.model import Territory
from territory.wording import nearest_key, violation_of
from territory.yaml_source import Pointer

TOP_LEVEL_KEYS: Final = tuple(Territory.model_fields)


def validate(data: Mapping[str, object], *, complete: bool = True) -> Territory | tuple[Violation, ...]:
    """The territory, or what is wrong with it.

    With `complete=False` an absent top-level key is no violation: its file could not be read.
    """
    try:
        # By way of JSON, because there strict means what an author expects: a list is a tuple, true is not 1.
        return Territory.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        errors = _without_echoes(error.errors(include_url=False))
    violations = (violation_of(details, data) for details in errors)
    return tuple(violation for violation in violations if complete or violation.pointer)


def _without_echoes(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Drops what only repeats another error: a list too short for want of its bad entry, a key missing as misspelt."""
    places = [details["loc"] for details in errors]
    misspelt = {
        (*details["loc"][:-1], nearest_key(details["loc"]))
        for details in errors
        if details["type"] == "extra_forbidden"
    }
    return [
        details
        for details in errors
        if not (
            (details["type"] == "too_short" and any(_below(place, details["loc"]) for place in places))
            or (details["type"] == "missing" and details["loc"] in misspelt)
        )
    ]


def _below(place: Pointer, above: Pointer) -> bool:
    return len(place) > len(above) and place[: len(above)] == above
