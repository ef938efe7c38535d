"""EC2's way to say no."""

from __future__ import annotations

from typing import NoReturn

from moto.ec2.exceptions import EC2ClientError


def refuse(code: str, message: str) -> NoReturn:
    """Answer as EC2 does: `An error occurred (CODE) when calling the … operation: MESSAGE`."""
    raise EC2ClientError(code, message)


def not_kept(what: str) -> NoReturn:
    """Refuse by name what the simulated cloud would otherwise drop in silence."""
    refuse("UnsupportedOperation", f"{what} is not kept by this simulated cloud")


def has_dependencies(what: str, id_: str) -> NoReturn:
    """Refuse to delete what something else needs."""
    refuse("DependencyViolation", f"The {what} '{id_}' has dependencies and cannot be deleted.")
