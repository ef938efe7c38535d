"""What every IAM type has in common."""

from __future__ import annotations

from typing import Final

from twin.aws.spec import prop
from twin.framework.declaration import Property
from twin.framework.values import Plain

GONE: Final = "NoSuchEntity"


def path_property() -> Property:
    """Where in the account's tree a thing stands; another place makes another thing."""
    return prop("path", default="/", replaces=True, samples=("/", "/metropole/"))


def rfc3339(moment: Plain) -> Plain:
    """A point in time as the official provider writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
