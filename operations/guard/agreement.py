"""Whether what an engine has in hand is what the plan said it would have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from planning.values import Value, is_secret, is_unknown, members


def agrees(planned: Mapping[str, Value], real: Mapping[str, Value]) -> bool:
    """Whether all that the plan knows of inputs is so; what it does not know may be anything.

    With a property more than in the plan, as a provider adds its defaults, the two do not agree.
    """
    return set(planned) >= {key for key in real if not key.startswith("__")} and all(
        _same(value, real.get(key)) for key, value in planned.items()
    )


def _same(planned: Value, real: Value) -> bool:
    if is_unknown(planned):
        return True
    if is_secret(planned) or is_secret(real):
        return is_secret(planned) and is_secret(real)
    if isinstance(planned, list) and isinstance(real, list):
        ours, theirs = cast("list[Value]", planned), cast("list[Value]", real)
        return len(ours) == len(theirs) and all(_same(*pair) for pair in zip(ours, theirs, strict=True))
    ours_by_key, theirs_by_key = members(planned), members(real)
    if ours_by_key is not None and theirs_by_key is not None:
        return set(ours_by_key) >= {key for key in theirs_by_key if not key.startswith("__")} and all(
            _same(value, theirs_by_key.get(key)) for key, value in ours_by_key.items()
        )
    return bool(planned == real)
