"""Keep secret what was handed in as a secret, however plainly the logic answered."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi.provider.experimental.property_value import PropertyValue

from providers.logic import Properties


def keep_secrets(answer: Properties, given: Properties) -> Properties:
    """Mark as secret each answered property whose namesake in `given` is, or holds, a secret.

    Two objects are compared inside; anything else is marked whole, as lists may come back in another order. The
    engine does the same for providers that take no secrets.
    """
    return {key: _keep(value, given[key]) if key in given else value for key, value in answer.items()}


def _keep(value: PropertyValue, given: PropertyValue) -> PropertyValue:
    if value.is_secret or not given.contains_secret():
        return value
    if not given.is_secret and isinstance(value.value, Mapping) and isinstance(given.value, Mapping):
        return value.with_value(keep_secrets(value.value, given.value))
    return value.with_secret(True)
