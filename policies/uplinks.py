"""Which uplinks of a switch can stand in for each other, by how they are called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Final

from policies.answers import any_of
from policies.values import Node

_ONE_OF_SEVERAL: Final = re.compile(r"(\d|[\s_-][a-z])$", re.IGNORECASE)


def ride_a_path(uplinks: Sequence[Node]) -> bool:
    """Whether one of the uplinks has a name of its own, as `ring-north`: a fibre path, not a card among equals.

    Those that are numbered or lettered (`uplink1`, `Uplink 2`, `mgmt-a`) can stand in for each other.
    """
    return any_of(*(partial(_has_its_own_name, uplink) for uplink in uplinks))


def _has_its_own_name(uplink: Node) -> bool:
    return _ONE_OF_SEVERAL.search(uplink.text()) is None
