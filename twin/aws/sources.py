"""Data sources: none is needed so far, for components are told what they stand on."""

from __future__ import annotations

from typing import Final

from twin.aws.session import Session
from twin.framework.declaration import DataSource

ALL: Final[tuple[DataSource[Session], ...]] = ()
