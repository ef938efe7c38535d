"""One commune's part of a deployment: found by name or number, and narrowed down to what is its own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from operations.errors import AnswerNo, InputError
from stacks.layers import LayerStack, commune_targets
from territory.errors import nearest
from territory.model import Commune, Territory

Export = Callable[[str], Mapping[str, Any] | None]
"""A stack's deployment, by name; None when nothing was ever deployed."""


def choose_commune(territory: Territory, name_or_insee: str) -> Commune:
    """The commune of that name (accents and capitals apart) or INSEE code.

    Raises `InputError` with the nearest one when there is none.
    """
    known = {_plain(commune.name): commune for commune in territory.communes}
    known |= {_plain(commune.insee): commune for commune in territory.communes}
    wanted = _plain(name_or_insee)
    if wanted in known:
        return known[wanted]
    near = nearest(wanted, known)
    raise InputError(
        f"{territory.name} has no commune {name_or_insee!r}"
        + (f"; nearest: {known[near].name} ({known[near].insee})" if near else ""),
        f"--commune {known[near].insee}" if near else "name one of stacks/territories/<territory>/communes.yaml",
    )


def targets_of(
    territory: Territory, communes: Sequence[Commune], stacks: Sequence[LayerStack], export: Export
) -> dict[str, tuple[str, ...]]:
    """Stack to the patterns of what it holds for some communes, of those stacks that have to be worked on.

    A stack that serves the whole territory is left alone when it knows the communes already. Raises `AnswerNo` when it
    is not up yet.
    """
    found: dict[str, tuple[str, ...]] = {}
    for stack in stacks:
        targets = tuple(
            dict.fromkeys(target for commune in communes for target in commune_targets(territory, commune, stack))
        )
        if targets and not (stack.part is None and _holds(stack, export, targets)):
            found[stack.name] = targets
    return found


def _holds(stack: LayerStack, export: Export, targets: Sequence[str]) -> bool:
    urns = [str(resource["urn"]) for resource in (export(stack.name) or {}).get("resources") or ()]
    if not urns:
        raise AnswerNo(
            f"{stack.name} is not up, and every commune builds on it",
            f"./metro up -t {stack.territory} --only {stack.choice}",
        )
    return all(any(re.fullmatch(_expression(target), urn) for urn in urns) for target in targets)


def _expression(pattern: str) -> str:
    """A pattern of the engine's as a regular expression."""
    return ".*".join("[^:]*".join(map(re.escape, part.split("*"))) for part in pattern.split("**"))


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[^a-z0-9]+", "-", decomposed.encode("ascii", "ignore").decode()).strip("-")
