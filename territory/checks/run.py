"""Runs every check, and skips those whose ground an earlier one found broken."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from territory.checks import (
    addresses,
    capacity,
    cloud,
    crossing,
    dependencies,
    identity,
    names,
    numbers,
    reach,
    references,
    services,
)
from territory.errors import Violation
from territory.model import Territory

Check = Callable[[Territory], Iterable[Violation]]

_GROUND: Final[tuple[Check, ...]] = (identity.check, references.check)
"""Everything else looks things up by id, so ids must resolve and be unique."""

_NETWORK: Final = frozenset({"datacenters", "carriers", "paths", "border_routers", "circuits", "access_networks"})
_SERVICES: Final = frozenset({"datacenters", "cloud_regions", "services"})

_CHECKS: Final[tuple[tuple[Check, frozenset[str]], ...]] = (
    (numbers.check, frozenset()),
    (addresses.check, frozenset()),
    (dependencies.check, frozenset()),
    (names.check, _NETWORK | _SERVICES | {"communes"}),
    (crossing.check, _NETWORK),
    (reach.check_datacenters, _NETWORK),
    (reach.check_communes, _NETWORK | {"communes"}),
    (capacity.check, _NETWORK | _SERVICES),
    (services.check, _SERVICES),
    (cloud.check, _SERVICES),
)
"""Each check with the top-level keys whose ids it follows: where those are broken its answer would be noise."""


def violations(t: Territory) -> tuple[Violation, ...]:
    """Everything that is wrong with a territory, in a stable order."""
    found = [violation for check in _GROUND for violation in check(t)]
    broken = {violation.pointer[0] for violation in found}
    for check, ground in _CHECKS:
        if not broken & ground:
            found.extend(check(t))
    return tuple(found)
