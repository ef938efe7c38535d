"""Argument checking for data sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from providers.logic import CheckFailure
from twin.framework.declaration import DataSource
from twin.framework.schema import SchemaFacts
from twin.framework.values import Plain, has_unknown


def check_arguments(
    token: str, source: DataSource[Any] | None, schema: SchemaFacts, given: Mapping[str, Plain]
) -> Iterator[CheckFailure]:
    """Every reason to refuse a call of a data source."""
    facts = schema.functions.get(token)
    package = token.split(":", 1)[0]
    if facts is None and token not in schema.other_functions:
        yield CheckFailure("", f"the {package} package has no data source {token}")
        return
    if facts is None or source is None:
        yield CheckFailure("", f"{token} is an official data source, but the twin does not exercise it")
        return
    for name in sorted(given.keys() - set(source.arguments)):
        if name in facts.inputs:
            yield CheckFailure(name, f"`{name}` is an official argument of {token}, but the twin does not exercise it")
        else:
            yield CheckFailure(name, f"{token} has no argument `{name}`")
    for name in sorted(facts.required - given.keys()):
        yield CheckFailure(name, f"missing required argument `{name}` of {token}")
    for name, value in given.items():
        if has_unknown(value):
            yield CheckFailure(name, f"`{name}` is not known yet: {token} can only be asked about known values")
