"""How long something may live, as people write it: `90m`, `2h`, `1d12h`."""

from __future__ import annotations

import re
from datetime import timedelta

from operations.errors import InputError

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=31)

_UNITS = {"d": "days", "h": "hours", "m": "minutes"}
_WRITTEN = re.compile(r"(?=\d)(?:(?P<d>\d{1,5})d)?(?:(?P<h>\d{1,5})h)?(?:(?P<m>\d{1,5})m)?", re.ASCII)


def parse_duration(text: str) -> timedelta:
    """The duration a text says. Raises `InputError` for another form, or one outside `SHORTEST` and `LONGEST`.

    >>> parse_duration("1h30m")
    datetime.timedelta(seconds=5400)
    """
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        raise InputError(
            f"{text!r} is no time to live", "write days, hours and minutes in this order: 90m, 2h, 1h30m, 3d, 1d12h"
        )
    found = timedelta(**{_UNITS[unit]: int(number) for unit, number in match.groupdict().items() if number})
    if not SHORTEST <= found <= LONGEST:
        raise InputError(
            f"a time to live of {text.strip()} is out of range",
            f"choose one from {say_duration(SHORTEST)} to {say_duration(LONGEST)}",
        )
    return found


def say_duration(duration: timedelta) -> str:
    """A duration in the same form, whole minutes, the two largest units. Example: `1d12h`."""
    minutes = int(duration.total_seconds() // 60)
    parts = {"d": minutes // 1440, "h": minutes // 60 % 24, "m": minutes % 60}
    said = [f"{number}{unit}" for unit, number in parts.items() if number]
    return "".join(said[:2]) or "0m"
