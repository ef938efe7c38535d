"""A framework as we point at it: its own numbers, titles in our own words, and what is behind each control."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from planning.plan import Model

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\n]*$")]


HostRule = Annotated[str, StringConstraints(pattern=r"^R[1-9][0-9]?$")]
"""A rule of ANSSI-BP-028. Example: R33."""


class Control(Model):
    """One measure, recommendation, point or rule of a framework."""

    number: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.]{1,12}$")]
    """The framework's own: 36, R28, 21.2.c."""
    title: Line
    """What it is about, in our own words."""
    mapped: tuple[str, ...]
    """Ids of the rules that contribute to it; [] while none does."""
    on_hosts: tuple[HostRule, ...] = ()
    """Rules of ANSSI-BP-028 that `./metro verify` asks of running hosts and that contribute to it."""


class Framework(Model):
    """One file of `policies/controls`."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,40}$")]
    """As its file is named: anssi-hygiene."""
    title: Line
    """What it is called."""
    edition: Line
    """Which edition the numbers are of."""
    source: Annotated[str, StringConstraints(pattern=r"^https://\S+$", max_length=300)]
    """Where its publisher has it."""
    controls: tuple[Control, ...]
    """All of them, in its order."""
